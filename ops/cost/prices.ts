/** A list price in US dollars. */
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
  'kms-key': { usd: 1, unit: 'keys', source: page('kms') },
  secret: { usd: 0.4, unit: 'secrets', source: page('secrets-manager') },
  'alarm-metric': { usd: 0.1, unit: 'metrics that standard alarms read', source: page('cloudwatch') },
  dashboard: { usd: 3, unit: 'dashboards', source: page('cloudwatch') },
  metric: { usd: 0.3, unit: 'custom metrics', source: page('cloudwatch') },
  'logs-ingested': { usd: 0.5, unit: 'GB of logs ingested', source: page('cloudwatch') },
  'logs-stored': { usd: 0.03, unit: 'GB-months of logs', source: page('cloudwatch') },
  'xray-trace': { usd: 5 / 1e6, unit: 'traces recorded', source: page('xray') },
  'data-out': { usd: 0.09, unit: 'GB to the internet', source: onDemand('ec2') },
} as const satisfies Record<string, Price>;

export type PriceName = keyof typeof PRICES;
