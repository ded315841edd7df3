import * as v from 'valibot';
import { isSecretArn } from '../../lambda/rules/secret-arn.ts';
import { type Entries, listOf, recordOf, text, wholeNumber } from './checks.ts';
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
import type {
  DestinationKeys,
  StageAlarms,
  StageDomain,
  StageHostedZone,
  StageRetention,
  StageSettings,
  StageThrottle,
} from './stage-settings.ts';

const KEY_ARN = /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/;
const CERTIFICATE_ARN = /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/;
const QUEUE_ARN = /^arn:aws[a-z-]*:sqs:[a-z0-9-]+:\d{12}:[\w-]{1,80}(\.fifo)?$/;
const FUNCTION_ARN = /^arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:[\w-]{1,64}(:(\$LATEST|[\w-]+))?$/;
const EVENT_BUS_ARN = /^arn:aws[a-z-]*:events:[a-z0-9-]+:\d{12}:event-bus\/[\w./-]{1,256}$/;

const secretArn = text(
  isSecretArn,
  'must be the complete ARN of a secret, including the six random characters at its end',
);
const keyArn = text(
  (arn) => KEY_ARN.test(arn),
  'must be a KMS key ARN ("arn:aws:kms:…:key/…"), not an alias',
);

const encryptionKey = text(
  (key) => key === 'create' || KEY_ARN.test(key),
  'must be "create" or a KMS key ARN ("arn:aws:kms:…:key/…"), not an alias',
);

const destination = oneDestination(
  v.strictObject({
    handler: v.optional(handlerFile),
    queue: v.optional(
      text((arn) => QUEUE_ARN.test(arn), 'must be the ARN of an SQS queue ("arn:aws:sqs:…:…:name")'),
    ),
    function: v.optional(
      text(
        (arn) => FUNCTION_ARN.test(arn),
        'must be the ARN of a function, version or alias ("arn:aws:lambda:…:…:function:name")',
      ),
    ),
    eventBus: v.optional(
      text(
        (arn) => EVENT_BUS_ARN.test(arn),
        'must be the ARN of an event bus ("arn:aws:events:…:…:event-bus/name")',
      ),
    ),
  } satisfies Entries<DestinationKeys>),
);

const hostedZone = {
  hostedZoneId: text((id) => /^Z[A-Z0-9]{1,31}$/.test(id), 'is not a valid hosted zone id'),
  zoneName: host,
} satisfies Entries<StageHostedZone>;

const domain = {
  domainName: host,
  certificateArn: text((arn) => CERTIFICATE_ARN.test(arn), 'must be the ARN of an ACM certificate'),
  hostedZone: v.optional(v.strictObject(hostedZone)),
} satisfies Entries<StageDomain>;

const throttle = {
  rate: v.optional(wholeNumber(RANGES.rate)),
  burst: v.optional(wholeNumber(RANGES.burst)),
} satisfies Entries<StageThrottle>;

const retention = {
  eventDays: v.optional(wholeNumber(RANGES.eventDays)),
  bodyDays: v.optional(wholeNumber(RANGES.bodyDays)),
  completionDays: v.optional(wholeNumber(RANGES.completionDays)),
  logDays: v.optional(logDays),
} satisfies Entries<StageRetention>;

const alarms = {
  ...sharedAlarmEntries,
  oldestEventMinutes: v.optional(wholeNumber(RANGES.oldestEventMinutes)),
  silenceHours: v.optional(wholeNumber(RANGES.silenceHours)),
} satisfies Entries<StageAlarms>;

const settings = {
  ...sharedEntries,
  name: v.optional(
    text(
      (name) => /^[A-Za-z][A-Za-z0-9-]{0,30}$/.test(name),
      'must start with a letter and have at most 31 letters, digits and hyphens',
    ),
  ),
  account: v.optional(text((account) => /^\d{12}$/.test(account), 'must be an account id of 12 digits')),
  region: v.optional(text((region) => /^[a-z]+(-[a-z]+)+-\d+$/.test(region), 'is not a valid AWS region')),
  sensitiveSecretArns: v.optional(listOf(secretArn)),
  sensitiveSecretKeyArns: v.optional(listOf(keyArn)),
  encryptionKey: v.optional(encryptionKey),
  previousEncryptionKeys: v.optional(listOf(encryptionKey)),
  destinations: v.optional(recordOf(destinationName, destination)),
  throttle: v.optional(v.strictObject(throttle)),
  domain: v.optional(v.strictObject(domain)),
  previousSecretGraceDays: v.optional(wholeNumber(RANGES.previousSecretGraceDays)),
  idempotencyKeySeconds: v.optional(wholeNumber(RANGES.idempotencyKeySeconds)),
  retention: v.optional(v.strictObject(retention)),
  alarms: v.optional(v.strictObject(alarms)),
} satisfies Entries<StageSettings>;

/** Settings of a stage: no unknown keys, each value within its limits. */
export const stageSchema = v.strictObject(settings);
