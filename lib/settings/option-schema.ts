import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as v from 'valibot';
import { sameNameInRules } from '../functions/environment.ts';
import { each, isCidr, isEmail, isWebAddress, text, wholeNumber } from './checks.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const SECRET_ARN = /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+-[A-Za-z0-9]{6}$/;
const KEY_ARN = /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/;
const CERTIFICATE_ARN = /^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/;
const HOST = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;
const LOG_DAYS = Object.values(RetentionDays).filter((days) => typeof days === 'number' && days < 9999);

const workflowName = v.pipe(
  v.string(),
  v.check(sameNameInRules, ({ input }) => `"${input}" must be camelCase letters and digits, such as "next"`),
);

const alarms = v.strictObject({
  emails: v.optional(each(text(isEmail, 'is not an e-mail address'))),
  runbookUrl: v.optional(
    v.pipe(
      text(isWebAddress, 'is not an http(s) URL without "#"'),
      v.check((url) => url.length <= 200, 'is longer than 200 characters'),
    ),
  ),
  oldestEventMinutes: v.optional(wholeNumber(15, 10_080)),
  serverErrors: v.optional(wholeNumber(1, 1_000_000)),
  throttledRequests: v.optional(wholeNumber(1, 1_000_000)),
  functionErrors: v.optional(wholeNumber(1, 1_000_000)),
  functionThrottles: v.optional(wholeNumber(1, 1_000_000)),
  sourceRejections: v.optional(wholeNumber(1, 1_000_000)),
  signatureRejections: v.optional(wholeNumber(1, 1_000_000)),
  // CloudWatch looks back seven days at most.
  silenceHours: v.optional(wholeNumber(1, 168)),
});

const domain = v.strictObject({
  domainName: text(
    (name) => HOST.test(name),
    'is not a host name in lower case, such as "webhooks.example.com"',
  ),
  certificateArn: text((arn) => CERTIFICATE_ARN.test(arn), 'is not the ARN of an ACM certificate'),
  hostedZone: v.optional(
    v.strictObject({
      hostedZoneId: text((id) => /^Z[A-Z0-9]{1,31}$/.test(id), 'is not the id of a hosted zone'),
      zoneName: text((name) => HOST.test(name), 'is not the name of a zone, such as "example.com"'),
    }),
  ),
});

const retention = v.strictObject({
  eventDays: v.optional(wholeNumber(14, 3650)),
  completionDays: v.optional(wholeNumber(90, 3650)),
  logDays: v.optional(
    v.pipe(
      v.number(),
      v.check(
        (days) => LOG_DAYS.includes(days),
        ({ input }) => `${input} is none of what CloudWatch Logs takes: ${LOG_DAYS.join(', ')}`,
      ),
    ),
  ),
});

/** One entry per option of the construct. */
export const optionEntries = {
  protectData: v.optional(v.boolean()),
  workflowIds: v.optional(
    v.record(
      workflowName,
      text((id) => UUID.test(id), 'is not a UUID'),
    ),
  ),
  sensitiveSecretArns: v.optional(
    each(
      text(
        (arn) => SECRET_ARN.test(arn),
        'is not the complete ARN of a secret, which ends in six random characters',
      ),
    ),
  ),
  sensitiveSecretKeyArns: v.optional(
    each(
      text(
        (arn) => KEY_ARN.test(arn),
        'is not the ARN of a KMS key, "arn:aws:kms:…:key/…"; an alias is none',
      ),
    ),
  ),
  sourceIpAllowList: v.optional(each(text(isCidr, 'is not an IP address or CIDR range'))),
  maxFollowUpDepth: v.optional(wholeNumber(1, 100)),
  processorConcurrency: v.optional(wholeNumber(2, 1000)),
  provisionedConcurrency: v.optional(wholeNumber(1, 1000)),
  throttle: v.optional(
    v.strictObject({ rate: v.optional(wholeNumber(1, 10_000)), burst: v.optional(wholeNumber(1, 5000)) }),
  ),
  domain: v.optional(domain),
  previousSecretGraceDays: v.optional(wholeNumber(0, 7)),
  retention: v.optional(retention),
  alarms: v.optional(alarms),
  rules: v.optional(
    text((path) => isAbsolute(path) && existsSync(path), 'is not the absolute path of a file'),
  ),
};
