import { DAY, MINUTE, OPEN_SHARDS } from '../../lambda/core/model/index.ts';

/** Minutes in an average month. */
export const MONTH_MINUTES = (365 / 12) * (DAY / MINUTE);

/** Index queries of one sweep: each shard for its oldest event, and for those that may have lost their messages. */
export const SHARDS_READ = 2 * OPEN_SHARDS;

/** Assumptions that neither the template nor the code states. Times in seconds, sizes in bytes. */
export const USE = {
  /** Billed time of a warm function for one event: what it waits for AWS, and what it computes with 1 GB of memory. */
  verifier: { waits: 0.025, computes: 0.005 },
  /** For two more calls, if bodies are kept apart: whether the event is known, and the body. */
  bodySeconds: 0.01,
  processor: { waits: 0.04, computes: 0.01 },
  /** Until Cyberdesk has answered one call. */
  callSeconds: 0.4,
  /** Sent to Cyberdesk for one call: the body, headers, TLS and TCP. */
  requestBytes: 6.1 * 1024,
  sweeperSeconds: 0.2,
  /** Every 15 minutes the sweeper reads the events of 25 minutes to see whether they are finished, at half the price. */
  censusReads: 0.5 * (25 / 15),
  /** Each line as measured: the function's own, its metrics, and Lambda's three lines of 300 bytes. */
  logBytes: { verifier: 850, processor: 820, processorEvent: 360, sweeper: 1000, access: 500 },
  /** Stored logs are compressed. */
  logCompression: 0.15,
  /** Services ask KMS at most this often for each caller and store, and these so often for an event that arrives alone. */
  keySeconds: 300,
  keyRequests: { queue: 3, table: 2, topics: 2, secrets: 2 },
  /** Lambda polls a queue with five long polls at a time. */
  pollers: 5,
  pollSeconds: 20,
  /** Secrets and keys of topics are kept for this long in each process: one process of each function is warm. */
  cacheMinutes: 5,
  /** Versions of secrets that one process of each function reads: two of the signing secret, one of the API key. */
  secretsRead: 3,
  /** Mails about alarms in a month, to each recipient. */
  mails: 100,
} as const;

/** The same in words, printed below the tables. */
export const ASSUMPTIONS = [
  `billed time per event: the verifier waits ${USE.verifier.waits * 1000} ms for AWS and the processor ${USE.processor.waits * 1000} ms; they compute for ${USE.verifier.computes * 1000} and ${USE.processor.computes * 1000} ms with 1 GB of memory; ${USE.callSeconds * 1000} ms per follow-up (waiting for Cyberdesk, at once for all events of a batch)`,
  'no free tier, first price tier, no retries; events finish within five minutes; messages are received one by one until all processors are busy, then in batches',
  `logs: ${USE.logBytes.verifier} bytes per invocation of the verifier, ${USE.logBytes.processor} of the processor and ${USE.logBytes.processorEvent} per event, ${USE.logBytes.access} per request`,
  `in a month with events: one warm process of each function, and ${USE.mails} mails about alarms to each recipient`,
  'metrics: one per name that the functions and log filters write, as each has one dimension (stack); billed for each hour in which it is written, here every hour of the month',
];

/** What one unit costs. */
export interface Price {
  /** In US dollars. */
  usd: number;
  unit: string;
  /** The page that says so, or the file that was given. */
  source: string;
  /** When the price was last found to be that, `YYYY-MM`: on the page, or where someone quotes it with a date. */
  seen: string;
}

export const PRICES_REGION = 'us-east-1';

const at = (path: string, usd: number, unit: string, seen: string): Price => ({
  usd,
  unit,
  source: `https://aws.amazon.com/${path}/`,
  seen,
});
const [DYNAMODB, LAMBDA, CLOUDWATCH] = ['dynamodb/pricing/on-demand', 'lambda/pricing', 'cloudwatch/pricing'];

/** List prices of us-east-1, first tier, without free tiers: what a busy account pays. */
export const PRICES = {
  'http-api-request': at('api-gateway/pricing', 1 / 1e6, 'requests of up to 512 KB', '2026-09'),
  'lambda-request': at(LAMBDA, 0.2 / 1e6, 'requests', '2026-09'),
  'lambda-gb-second-arm64': at(LAMBDA, 0.0000133334, 'GB-seconds, arm64', '2026-03'),
  'lambda-gb-second-x86_64': at(LAMBDA, 0.0000166667, 'GB-seconds, x86_64', '2026-09'),
  'lambda-provisioned-gb-second-arm64': at(
    LAMBDA,
    0.0000033334,
    'GB-seconds of provisioned concurrency, arm64',
    '2026-11',
  ),
  'dynamodb-write-unit': at(DYNAMODB, 0.625 / 1e6, 'write request units', '2026-09'),
  'dynamodb-read-unit': at(DYNAMODB, 0.125 / 1e6, 'read request units', '2026-09'),
  'dynamodb-storage': at(DYNAMODB, 0.25, 'GB-months', '2026-07'),
  'dynamodb-pitr': at(DYNAMODB, 0.2, 'GB-months of point-in-time recovery', '2026-11'),
  'sqs-request': at('sqs/pricing', 0.4 / 1e6, 'requests of up to 64 KB', '2026-06'),
  'sns-publish': at('sns/pricing', 0.5 / 1e6, 'publishes of up to 64 KB', '2026-06'),
  'sns-mail': at('sns/pricing', 2 / 1e5, 'mails', '2026-06'),
  'kms-key': at('kms/pricing', 1, 'keys', '2026-03'),
  'kms-request': at('kms/pricing', 0.03 / 1e4, 'requests', '2026-03'),
  secret: at('secrets-manager/pricing', 0.4, 'secrets', '2026-09'),
  'secret-request': at('secrets-manager/pricing', 0.05 / 1e4, 'requests', '2026-09'),
  'alarm-metric': at(CLOUDWATCH, 0.1, 'metrics that standard alarms read', '2026-06'),
  'composite-alarm': at(CLOUDWATCH, 0.5, 'composite alarms', '2026-06'),
  dashboard: at(CLOUDWATCH, 3, 'dashboards', '2026-06'),
  metric: at(CLOUDWATCH, 0.3, 'custom metrics', '2026-06'),
  'logs-ingested': at(CLOUDWATCH, 0.5, 'GB of logs ingested', '2026-06'),
  'logs-stored': at(CLOUDWATCH, 0.03, 'GB-months of logs', '2026-06'),
  'xray-trace': at('xray/pricing', 5 / 1e6, 'traces recorded', '2026-09'),
  'data-out': at('ec2/pricing/on-demand', 0.09, 'GB to the internet', '2026-11'),
} as const satisfies Record<string, Price>;

export type PriceName = keyof typeof PRICES;
export type Prices = Readonly<Record<PriceName, Price>>;
