import { isIP } from 'node:net';
import { Duration } from 'aws-cdk-lib';
import type { ThrottleSettings } from 'aws-cdk-lib/aws-apigatewayv2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { SHORTEST_KEY_LIFETIME } from '../../lambda/core/model/index.ts';
import { followUpsPath } from '../paths.ts';
import type { AlarmOptions, CyberdeskWebhooksProps, RetentionOptions } from '../props.ts';

/** `T` with every key set except those that may stay open. */
type Filled<T, Open extends keyof T> = Required<Omit<T, Open>> & Pick<T, Open>;

type Grouped = 'throttle' | 'retention' | 'alarms';

/** Props with every default filled in: a prop without a default does not compile, unless it may stay open. */
export type Settings = Filled<
  Omit<CyberdeskWebhooksProps, Grouped>,
  'provisionedConcurrency' | 'domain' | 'encryptionKey' | 'originHeader' | 'vpc'
> & {
  readonly throttle: Required<ThrottleSettings>;
  readonly retention: Required<RetentionOptions>;
  readonly alarms: Filled<AlarmOptions, 'silence'>;
  /** Of the verifier, in MiB. */
  readonly verifierMemory: number;
  /** How long a message waits for others with which it shares an invocation. */
  readonly batchingWindow: Duration;
};

/** As long as Svix keeps payloads, which it can deliver again. */
const REDELIVERED = Duration.days(90);

const AS_LONG_AS_EVENTS = Duration.days(3650);

/** What costs the most, by profile. */
const PROFILES = {
  standard: {
    retention: {
      events: REDELIVERED,
      bodies: AS_LONG_AS_EVENTS,
      // An event that is delivered again at the last moment may be a week in the queue and two in the dead-letter queue.
      completions: Duration.days(120),
      logs: RetentionDays.THREE_MONTHS,
    },
    pointInTimeRecovery: true,
    verifierMemory: 1024,
    batchingWindow: Duration.seconds(0),
  },
  economy: {
    retention: {
      events: REDELIVERED,
      bodies: Duration.days(30),
      completions: Duration.days(120),
      logs: RetentionDays.ONE_MONTH,
    },
    pointInTimeRecovery: false,
    verifierMemory: 512,
    batchingWindow: Duration.seconds(2),
  },
} as const;

/** Fills in the defaults. */
export function withDefaults(props: CyberdeskWebhooksProps): Settings {
  const profile = PROFILES[props.profile ?? 'standard'];
  const retention = { ...profile.retention, ...props.retention };
  // Not longer than their events.
  const bodies =
    props.retention?.bodies ?? Duration.days(Math.min(retention.bodies.toDays(), retention.events.toDays()));
  return {
    ...commonDefaults(props),
    pointInTimeRecovery: props.pointInTimeRecovery ?? profile.pointInTimeRecovery,
    retention: { ...retention, bodies },
    verifierMemory: profile.verifierMemory,
    batchingWindow: profile.batchingWindow,
  };
}

type ByProfile = 'pointInTimeRecovery' | 'retention' | 'verifierMemory' | 'batchingWindow';

const commonDefaults = (props: CyberdeskWebhooksProps): Omit<Settings, ByProfile> => ({
  ...props,
  profile: props.profile ?? 'standard',
  protectData: props.protectData ?? true,
  workflowIds: props.workflowIds ?? {},
  sensitiveSecrets: props.sensitiveSecrets ?? [],
  sensitiveSecretKeys: keysOf(props),
  previousEncryptionKeys: props.previousEncryptionKeys ?? [],
  destinations: props.destinations ?? {},
  sourceIpAllowList: (props.sourceIpAllowList ?? []).map(asRange),
  closeDefaultEndpoint: props.closeDefaultEndpoint ?? false,
  maxFollowUpDepth: props.maxFollowUpDepth ?? 5,
  idempotencyKeyLifetime: props.idempotencyKeyLifetime ?? Duration.millis(SHORTEST_KEY_LIFETIME),
  repeatUnanswered: props.repeatUnanswered ?? true,
  processorConcurrency: props.processorConcurrency ?? 2,
  throttle: { rateLimit: 100, burstLimit: 50, ...props.throttle },
  previousSecretGracePeriod: props.previousSecretGracePeriod ?? Duration.days(7),
  alarms: {
    emails: [],
    actions: [],
    ticketEmails: props.alarms?.emails ?? [],
    ticketActions: props.alarms?.actions ?? [],
    runbookUrl: 'docs/runbook.md',
    oldestEventAge: Duration.hours(1),
    serverErrors: 3,
    throttledRequests: 10,
    functionErrors: 1,
    functionThrottles: 10,
    sourceRejections: 3,
    signatureRejections: 3,
    ...props.alarms,
  },
  // A stage that goes with its data is one to try things on.
  monitoring: props.monitoring ?? ((props.protectData ?? true) ? 'full' : 'basic'),
  tracing: props.tracing ?? 'off',
  rules: props.rules ?? followUpsPath,
});

/** The keys that encrypt the sensitive secrets, each once. */
function keysOf({ sensitiveSecrets = [], sensitiveSecretKeys = [] }: CyberdeskWebhooksProps): IKey[] {
  const keys = [
    ...sensitiveSecretKeys,
    ...sensitiveSecrets.flatMap(({ encryptionKey }) => encryptionKey ?? []),
  ];
  return [...new Map(keys.map((key) => [key.keyArn, key])).values()];
}

const asRange = (address: string): string =>
  address.includes('/') ? address : `${address}/${isIP(address) === 6 ? 128 : 32}`;
