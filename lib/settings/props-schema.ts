import type { ThrottleSettings } from 'aws-cdk-lib/aws-apigatewayv2';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IHostedZone } from 'aws-cdk-lib/aws-route53';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import * as v from 'valibot';
import type { AlarmOptions, CyberdeskWebhooksProps, DomainOptions, RetentionOptions } from '../props.ts';
import { duration, type Entries, instanceWith, recordOf, wholeNumber } from './checks.ts';
import {
  destinationName,
  handlerFile,
  host,
  logDays,
  oneDestination,
  RANGES,
  sharedAlarmEntries,
  sharedEntries,
} from './shared-schema.ts';
import type { DestinationKeys } from './stage-settings.ts';

const encryptionKey = v.custom<IKey | 'create'>(
  (key) => key === 'create' || (typeof key === 'object' && key !== null && 'keyArn' in key),
  'must be an IKey or "create"',
);

const destination = oneDestination(
  v.strictObject({
    handler: v.optional(handlerFile),
    queue: v.optional(instanceWith<IQueue>('queueArn', 'must be an IQueue')),
    function: v.optional(instanceWith<IFunction>('functionArn', 'must be an IFunction')),
    eventBus: v.optional(instanceWith<IEventBus>('eventBusArn', 'must be an IEventBus')),
  } satisfies Entries<DestinationKeys>),
);

const throttle = {
  rateLimit: v.optional(wholeNumber(RANGES.rate)),
  burstLimit: v.optional(wholeNumber(RANGES.burst)),
} satisfies Entries<ThrottleSettings>;

const domain = {
  domainName: host,
  certificate: instanceWith<ICertificate>('certificateArn', 'must be an ICertificate'),
  hostedZone: v.optional(instanceWith<IHostedZone>('hostedZoneId', 'must be an IHostedZone')),
} satisfies Entries<DomainOptions>;

const retention = {
  events: v.optional(duration('days', RANGES.eventDays)),
  bodies: v.optional(duration('days', RANGES.bodyDays)),
  completions: v.optional(duration('days', RANGES.completionDays)),
  logs: v.optional(logDays),
} satisfies Entries<RetentionOptions>;

const alarms = {
  ...sharedAlarmEntries,
  actions: v.optional(v.array(instanceWith<IAlarmAction>('bind', 'must be an IAlarmAction'))),
  ticketActions: v.optional(v.array(instanceWith<IAlarmAction>('bind', 'must be an IAlarmAction'))),
  oldestEventAge: v.optional(duration('minutes', RANGES.oldestEventMinutes)),
  silence: v.optional(duration('hours', RANGES.silenceHours)),
} satisfies Entries<AlarmOptions>;

const props = {
  ...sharedEntries,
  stage: v.pipe(v.string(), v.nonEmpty('must not be empty')),
  sensitiveSecrets: v.optional(v.array(instanceWith<ISecret>('secretArn', 'must be an ISecret'))),
  sensitiveSecretKeys: v.optional(v.array(instanceWith<IKey>('keyArn', 'must be an IKey'))),
  encryptionKey: v.optional(encryptionKey),
  previousEncryptionKeys: v.optional(v.array(encryptionKey)),
  destinations: v.optional(recordOf(destinationName, destination)),
  throttle: v.optional(v.strictObject(throttle)),
  domain: v.optional(v.strictObject(domain)),
  previousSecretGracePeriod: v.optional(duration('days', RANGES.previousSecretGraceDays)),
  idempotencyKeyLifetime: v.optional(duration('seconds', RANGES.idempotencyKeySeconds)),
  retention: v.optional(v.strictObject(retention)),
  alarms: v.optional(v.strictObject(alarms)),
} satisfies Entries<CyberdeskWebhooksProps>;

/** Props of the construct: no unknown keys, each value within its limits. */
export const propsSchema = v.strictObject(props);
