import * as v from 'valibot';
import { type Entries, listOf, text, wholeNumber } from './checks.ts';
import { host, logDays, RANGES, sharedAlarmEntries, sharedEntries } from './shared-schema.ts';
import type {
  StageAlarms,
  StageDomain,
  StageHostedZone,
  StageRetention,
  StageSettings,
  StageThrottle,
} from './stage-settings.ts';

const SECRET_ARN = /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+-[A-Za-z0-9]{6}$/;
const KEY_ARN = /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/;
const CERTIFICATE_ARN = /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/;

const secretArn = text(
  (arn) => SECRET_ARN.test(arn),
  'must be the complete ARN of a secret, including the six random characters at its end',
);
const keyArn = text(
  (arn) => KEY_ARN.test(arn),
  'must be a KMS key ARN ("arn:aws:kms:…:key/…"), not an alias',
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
  region: v.optional(text((region) => /^[a-z]{2}(-[a-z]+)+-\d$/.test(region), 'is not a valid AWS region')),
  sensitiveSecretArns: v.optional(listOf(secretArn)),
  sensitiveSecretKeyArns: v.optional(listOf(keyArn)),
  throttle: v.optional(v.strictObject(throttle)),
  domain: v.optional(v.strictObject(domain)),
  previousSecretGraceDays: v.optional(wholeNumber(RANGES.previousSecretGraceDays)),
  idempotencyKeySeconds: v.optional(wholeNumber(RANGES.idempotencyKeySeconds)),
  retention: v.optional(v.strictObject(retention)),
  alarms: v.optional(v.strictObject(alarms)),
} satisfies Entries<StageSettings>;

/** Settings of a stage: no unknown keys, each value within its limits. */
export const stageSchema = v.strictObject(settings);
