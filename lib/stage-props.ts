import { Duration } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type {
  AlarmOptions,
  CyberdeskWebhooksProps,
  DestinationOptions,
  DomainOptions,
  RetentionOptions,
} from './props.ts';
import type { SharedAlarmOptions, SharedOptions } from './settings/shared-options.ts';
import type {
  StageAlarms,
  StageDestination,
  StageDomain,
  StageRetention,
  StageSettings,
} from './settings/stage-settings.ts';

/** Settings that concern the stack, not the construct in it. */
type StackSettings = 'name' | 'account' | 'region';

/**
 * The settings of a stage as props of the construct.
 *
 * @param scope Where resources named by ARN are imported
 */
export function propsOf(
  scope: Construct,
  stage: string,
  settings: Omit<StageSettings, StackSettings>,
): CyberdeskWebhooksProps {
  const {
    sensitiveSecretArns = [],
    sensitiveSecretKeyArns = [],
    encryptionKey,
    previousEncryptionKeys,
    destinations,
    throttle,
    domain,
    previousSecretGraceDays,
    idempotencyKeySeconds,
    retention,
    alarms,
    ...shared
  } = settings;
  shared satisfies OnlyKeysOf<SharedOptions, typeof shared>;
  return {
    ...shared,
    stage,
    sensitiveSecrets: sensitiveSecretArns.map((arn, index) =>
      Secret.fromSecretCompleteArn(scope, `SensitiveSecret${index}`, arn),
    ),
    sensitiveSecretKeys: sensitiveSecretKeyArns.map((arn, index) =>
      Key.fromKeyArn(scope, `SensitiveSecretKey${index}`, arn),
    ),
    ...(encryptionKey && { encryptionKey: keyOf(scope, 'EncryptionKey', encryptionKey) }),
    ...(previousEncryptionKeys && {
      previousEncryptionKeys: previousEncryptionKeys.map((arn, index) =>
        keyOf(scope, `PreviousEncryptionKey${index}`, arn),
      ),
    }),
    ...(destinations && { destinations: destinationsOf(scope, destinations) }),
    ...(throttle && { throttle: defined({ rateLimit: throttle.rate, burstLimit: throttle.burst }) }),
    ...(domain && { domain: domainOf(scope, domain) }),
    ...(previousSecretGraceDays !== undefined && {
      previousSecretGracePeriod: Duration.days(previousSecretGraceDays),
    }),
    ...(idempotencyKeySeconds !== undefined && {
      idempotencyKeyLifetime: Duration.seconds(idempotencyKeySeconds),
    }),
    ...(retention && { retention: retentionOf(retention) }),
    ...(alarms && { alarms: alarmsOf(alarms) }),
  };
}

/** Fails to compile where a setting is passed on as it is and the construct does not have it. */
type OnlyKeysOf<Known, Given> = Record<Exclude<keyof Given, keyof Known>, never>;

const keyOf = (scope: Construct, id: string, key: string): IKey | 'create' =>
  key === 'create' ? key : Key.fromKeyArn(scope, id, key);

function destinationsOf(
  scope: Construct,
  destinations: Readonly<Record<string, StageDestination>>,
): Record<string, DestinationOptions> {
  const imported = new Construct(scope, 'Destinations');
  const entries = Object.entries(destinations);
  return Object.fromEntries(entries.map(([name, one]) => [name, destinationOf(imported, name, one)]));
}

function destinationOf(scope: Construct, name: string, destination: StageDestination): DestinationOptions {
  if ('queue' in destination) return { queue: Queue.fromQueueArn(scope, name, destination.queue) };
  if ('function' in destination)
    return { function: LambdaFunction.fromFunctionArn(scope, name, destination.function) };
  if ('eventBus' in destination)
    return { eventBus: EventBus.fromEventBusArn(scope, name, destination.eventBus) };
  return destination;
}

function domainOf(scope: Construct, { domainName, certificateArn, hostedZone }: StageDomain): DomainOptions {
  return {
    domainName,
    certificate: Certificate.fromCertificateArn(scope, 'Certificate', certificateArn),
    ...(hostedZone && { hostedZone: HostedZone.fromHostedZoneAttributes(scope, 'HostedZone', hostedZone) }),
  };
}

const retentionOf = ({ eventDays, bodyDays, completionDays, logDays }: StageRetention): RetentionOptions =>
  defined({
    events: durationOf(Duration.days, eventDays),
    bodies: durationOf(Duration.days, bodyDays),
    completions: durationOf(Duration.days, completionDays),
    logs: logDays,
  });

function alarmsOf({ oldestEventMinutes, silenceHours, ...shared }: StageAlarms): AlarmOptions {
  shared satisfies OnlyKeysOf<SharedAlarmOptions, typeof shared>;
  return {
    ...shared,
    ...defined({
      oldestEventAge: durationOf(Duration.minutes, oldestEventMinutes),
      silence: durationOf(Duration.hours, silenceHours),
    }),
  };
}

const durationOf = (unit: (amount: number) => Duration, amount: number | undefined): Duration | undefined =>
  amount === undefined ? undefined : unit(amount);

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the keys that are undefined: those would override a default. */
const defined = <T extends object>(values: T): Defined<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
