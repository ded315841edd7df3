import { DAY, MINUTE, OPEN_SHARDS } from '../../lambda/core/model/index.ts';

/** Minutes in an average month. */
export const MONTH_MINUTES = (365 / 12) * (DAY / MINUTE);

/** Index queries of one sweep: each shard for its oldest event, and for those that may have lost their messages. */
export const SHARDS_READ = 2 * OPEN_SHARDS;

/** Assumptions that neither the template nor the code states. Times in seconds, sizes in bytes. */
export const USE = {
  /** Billed time of a warm verifier and processor, without waiting for Cyberdesk. */
  verifierSeconds: 0.03,
  processorSeconds: 0.06,
  /** Until Cyberdesk has answered one call. */
  callSeconds: 0.4,
  /** Sent to Cyberdesk for one call: the body, headers, TLS and TCP. */
  requestBytes: 6.1 * 1024,
  sweeperSeconds: 0.2,
  /** A receive and a delete per message: at this load messages arrive one by one. */
  receivesAndDeletes: 2,
  /** A function's own lines, its metrics, and Lambda's three lines, per invocation. */
  logBytes: 1200,
  accessLogBytes: 500,
  /** Stored logs are compressed. */
  logCompression: 0.15,
  logMonths: 3,
  /** Services ask KMS at most this often for each caller and store, and these so often for an event that arrives alone. */
  keySeconds: 300,
  keyRequests: { queue: 3, table: 2, topics: 2, secrets: 2 },
  /** Lambda polls a queue with five long polls at a time. */
  pollers: 5,
  pollSeconds: 20,
} as const;

/** The same in words, printed below the tables. */
export const ASSUMPTIONS = [
  `billed time per event: verifier ${USE.verifierSeconds * 1000} ms, processor ${USE.processorSeconds * 1000} ms plus ${USE.callSeconds * 1000} ms per follow-up (waiting for Cyberdesk)`,
  'no free tier, first price tier, no retries; messages are received one by one',
  `logs: ${USE.logBytes} bytes per invocation, ${USE.accessLogBytes} per request`,
  'metrics: one per name that the functions and log filters write, as each has one dimension (stack); billed for each hour in which it is written, here every hour of the month',
];

export interface Price {
  /** For one unit, in US dollars. */
  usd: number;
  unit: string;
  source: string;
}

/** When the prices below were copied from their pages. */
export const PRICES_AS_OF = '2025-11';
export const PRICES_REGION = 'us-east-1';

const page = (path: string): string => `https://aws.amazon.com/${path}/pricing/`;
const onDemand = (path: string): string => `${page(path)}on-demand/`;

/** List prices of us-east-1, first tier, without free tiers: what a busy account pays. */
export const PRICES = {
  'http-api-request': { usd: 1 / 1e6, unit: 'requests of up to 512 KB', source: page('api-gateway') },
  'lambda-request': { usd: 0.2 / 1e6, unit: 'requests', source: page('lambda') },
  'lambda-gb-second-arm64': { usd: 0.0000133334, unit: 'GB-seconds, arm64', source: page('lambda') },
  'lambda-gb-second-x86_64': { usd: 0.0000166667, unit: 'GB-seconds, x86_64', source: page('lambda') },
  'lambda-provisioned-gb-second-arm64': {
    usd: 0.0000033334,
    unit: 'GB-seconds of provisioned concurrency, arm64',
    source: page('lambda'),
  },
  'dynamodb-write-unit': { usd: 0.625 / 1e6, unit: 'write request units', source: onDemand('dynamodb') },
  'dynamodb-read-unit': { usd: 0.125 / 1e6, unit: 'read request units', source: onDemand('dynamodb') },
  'dynamodb-storage': { usd: 0.25, unit: 'GB-months', source: onDemand('dynamodb') },
  'dynamodb-pitr': { usd: 0.2, unit: 'GB-months of point-in-time recovery', source: onDemand('dynamodb') },
  'sqs-request': { usd: 0.4 / 1e6, unit: 'requests of up to 64 KB', source: page('sqs') },
  'sns-publish': { usd: 0.5 / 1e6, unit: 'publishes of up to 64 KB', source: page('sns') },
  'kms-request': { usd: 0.03 / 10_000, unit: 'requests', source: page('kms') },
  'kms-key': { usd: 1, unit: 'keys', source: page('kms') },
  secret: { usd: 0.4, unit: 'secrets', source: page('secrets-manager') },
  'alarm-metric': { usd: 0.1, unit: 'metrics that standard alarms read', source: page('cloudwatch') },
  'composite-alarm': { usd: 0.5, unit: 'composite alarms', source: page('cloudwatch') },
  dashboard: { usd: 3, unit: 'dashboards', source: page('cloudwatch') },
  metric: { usd: 0.3, unit: 'custom metrics', source: page('cloudwatch') },
  'logs-ingested': { usd: 0.5, unit: 'GB of logs ingested', source: page('cloudwatch') },
  'logs-stored': { usd: 0.03, unit: 'GB-months of logs', source: page('cloudwatch') },
  'xray-trace': { usd: 5 / 1e6, unit: 'traces recorded', source: page('xray') },
  'data-out': { usd: 0.09, unit: 'GB to the internet', source: onDemand('ec2') },
} as const satisfies Record<string, Price>;

export type PriceName = keyof typeof PRICES;
