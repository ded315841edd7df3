import { existsSync, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as v from 'valibot';
import { DAY, SECOND, SHORTEST_KEY_LIFETIME } from '../../lambda/core/model/index.ts';
import { keepsItsName } from '../../lambda/environment/workflow-ids.ts';
import {
  type Entries,
  isCidr,
  isEmail,
  isWebAddress,
  listOf,
  type Range,
  recordOf,
  text,
  wholeNumber,
} from './checks.ts';
import type { SharedAlarmOptions, SharedOptions, VpcOptions } from './shared-options.ts';

/** Permitted values of what a stage writes as a number and the construct as a CDK type. */
export const RANGES = {
  rate: [1, 10_000],
  burst: [1, 5000],
  previousSecretGraceDays: [0, 7],
  idempotencyKeySeconds: [SHORTEST_KEY_LIFETIME / SECOND, DAY / SECOND],
  eventDays: [14, 3650],
  // A redrive needs the body: at the end of seven days in the queue, and 14 in the dead-letter queue.
  bodyDays: [21, 3650],
  completionDays: [90, 3650],
  oldestEventMinutes: [15, 10_080],
  // CloudWatch evaluates seven days at most.
  silenceHours: [1, 168],
} as const satisfies Record<string, Range>;

const COUNT: Range = [1, 1_000_000];
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const HOST = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;
const LOG_DAYS = Object.values(RetentionDays).filter((days) => typeof days === 'number' && days < 9999);

const workflowName = v.pipe(
  v.string(),
  v.check(keepsItsName, ({ input }) => `"${input}" must be camelCase letters and digits, such as "next"`),
);

export const host = text(
  (name) => HOST.test(name),
  'is not a valid host name in lower case, such as "webhooks.example.com"',
);

export const logDays = v.pipe(
  v.number(),
  v.check(
    (days) => LOG_DAYS.includes(days),
    ({ input }) => `must be one of ${LOG_DAYS.join(', ')} (got ${input})`,
  ),
);

const DESTINATION_NAME = /^(?!(?:verifier|processor|sweeper)$)[a-z][a-z0-9-]{0,31}$/i;

/** Names of destinations, and of the functions behind them. */
export const destinationName = v.pipe(
  v.string(),
  v.check(
    (name) => DESTINATION_NAME.test(name),
    ({ input }) =>
      `"${input}" must start with a letter and have at most 32 letters, digits and hyphens; verifier, processor and sweeper are taken`,
  ),
);

/** What CDK bundles; it also takes JSX. */
const BUNDLED = /\.([jt]sx?|[cm][jt]s)$/;

export const handlerFile = text(
  (path) => BUNDLED.test(path) && statSync(path, { throwIfNoEntry: false })?.isFile() === true,
  'is not the path of a file in TypeScript or JavaScript, such as "handlers/persist-run.ts"',
);

/** The one key that a destination has says what it is. */
export const oneDestination = <T extends object>(one: v.GenericSchema<T>) =>
  v.pipe(
    one,
    v.check(
      (destination) => Object.keys(destination).length === 1,
      'must have exactly one of handler, queue, function, eventBus',
    ),
  );

/** Ids of so many resources of EC2; `kind` is their prefix. */
const idsOf = (kind: 'subnet' | 'sg', most: number) =>
  v.pipe(
    listOf(
      text(
        (id) => new RegExp(`^${kind}-[0-9a-f]{8,17}$`).test(id),
        `is not an id such as "${kind}-0a1b2c3d"`,
      ),
    ),
    v.check(({ length }) => length >= 1 && length <= most, `must have 1 to ${most} ids`),
  );

const vpc = {
  // The limits of Lambda.
  subnetIds: idsOf('subnet', 16),
  securityGroupIds: idsOf('sg', 5),
} satisfies Entries<VpcOptions>;

export const sharedEntries = {
  protectData: v.optional(v.boolean()),
  workflowIds: v.optional(
    recordOf(
      workflowName,
      text((id) => UUID.test(id), 'is not a valid UUID'),
    ),
  ),
  sourceIpAllowList: v.optional(listOf(text(isCidr, 'is not a valid IP address or CIDR range'))),
  closeDefaultEndpoint: v.optional(v.boolean()),
  originHeader: v.optional(v.union([v.literal('optional'), v.literal('required')])),
  vpc: v.optional(v.strictObject(vpc)),
  maxFollowUpDepth: v.optional(wholeNumber([1, 100])),
  repeatUnanswered: v.optional(v.boolean()),
  processorConcurrency: v.optional(wholeNumber([2, 1000])),
  provisionedConcurrency: v.optional(wholeNumber([1, 1000])),
  monitoring: v.optional(v.union([v.literal('full'), v.literal('basic')])),
  profile: v.optional(v.union([v.literal('standard'), v.literal('economy')])),
  pointInTimeRecovery: v.optional(v.boolean()),
  tracing: v.optional(v.union([v.literal('off'), v.literal('active')])),
  rules: v.optional(
    text((path) => isAbsolute(path) && existsSync(path), 'is not the absolute path of an existing file'),
  ),
} satisfies Entries<SharedOptions>;

export const sharedAlarmEntries = {
  emails: v.optional(listOf(text(isEmail, 'is not a valid e-mail address'))),
  ticketEmails: v.optional(listOf(text(isEmail, 'is not a valid e-mail address'))),
  runbookUrl: v.optional(
    v.pipe(
      text(isWebAddress, 'must be an http(s) URL without "#"'),
      v.check((url) => url.length <= 200, 'must be at most 200 characters long'),
    ),
  ),
  serverErrors: v.optional(wholeNumber(COUNT)),
  throttledRequests: v.optional(wholeNumber(COUNT)),
  functionErrors: v.optional(wholeNumber(COUNT)),
  functionThrottles: v.optional(wholeNumber(COUNT)),
  sourceRejections: v.optional(wholeNumber(COUNT)),
  signatureRejections: v.optional(wholeNumber(COUNT)),
} satisfies Entries<SharedAlarmOptions>;
