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
};

/** Fills in the defaults. */
export const withDefaults = (props: CyberdeskWebhooksProps): Settings => ({
  ...props,
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
  retention: {
    events: Duration.days(90),
    completions: Duration.days(180),
    logs: RetentionDays.THREE_MONTHS,
    ...props.retention,
  },
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
