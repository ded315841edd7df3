import { SHARDS_READ, USE } from './assumptions.ts';
import { type EventUse, measureEvent } from './measure.ts';
import { metricsOf } from './metrics.ts';
import { MONTH_MINUTES } from './month.ts';
import { PRICES, PRICES_AS_OF, type PriceName } from './prices.ts';
import type { Parts } from './template.ts';

/** One line of the bill. Field names are part of `--json`. */
export interface CostLine {
  component: string;
  what: string;
  quantity: number;
  unit: string;
  /** US dollars per unit. */
  price: number;
  /** US dollars. */
  usd: number;
  source: string;
  /** When the price was taken from there. */
  as_of: string;
}

export interface LoadOptions {
  events: number;
  /** Size of an event's body in bytes. */
  bytes: number;
  /** Follow-up runs per event, on average. */
  followUps: number;
  /** Events per second while they come: sampling of traces goes by it. */
  rate: number;
  /** Whether each event is published, as the shipped rules do. */
  publishes: boolean;
}

const GB = 1024 ** 3;

const line = (component: string, what: string, quantity: number, name: PriceName): CostLine => {
  const { usd, unit, source } = PRICES[name];
  return { component, what, quantity, unit, price: usd, usd: quantity * usd, source, as_of: PRICES_AS_OF };
};

const drop = (lines: CostLine[]): CostLine[] => lines.filter(({ quantity }) => quantity > 0);

/** What so many events cost, line by line. */
export async function costOfEvents(parts: Parts, load: LoadOptions): Promise<CostLine[]> {
  const { events, bytes, followUps, rate, publishes } = load;
  const { retention } = parts;
  const one = await average(followUps, (count) =>
    measureEvent({ bytes, followUps: count, publishes, retention }),
  );
  const per = (quantity: number) => quantity * events;
  const lines = [
    line('gateway', 'requests', per(Math.ceil(bytes / (512 * 1024))), 'http-api-request'),
    line('queue', 'send, receive, delete', per(one.sends + USE.receivesAndDeletes), 'sqs-request'),
    line('table', 'writes', per(one.writeUnits), 'dynamodb-write-unit'),
    line('table', 'reads', per(one.readUnits), 'dynamodb-read-unit'),
    line(
      'table',
      `kept ${retention.eventDays} to ${retention.completionDays} days`,
      per(one.storedByteMonths) / GB,
      'dynamodb-storage',
    ),
    line('topics', 'published', per(one.announcements), 'sns-publish'),
    line('network', 'calls to Cyberdesk', per(one.bytesOut) / GB, 'data-out'),
  ];
  if (parts.pointInTimeRecovery)
    // Of the table and its local indexes: global ones are not backed up.
    lines.push(line('table', 'recovery', per(one.tableByteMonths) / GB, 'dynamodb-pitr'));
  let logged = parts.accessLogs ? USE.accessLogBytes : 0;
  for (const fn of parts.functions) {
    const seconds = secondsOf(fn.service, followUps);
    if (seconds === 0) continue;
    logged += USE.logBytes;
    lines.push(line(fn.service, 'requests', per(1), 'lambda-request'));
    lines.push(line(fn.service, 'time', per(seconds * fn.memoryGb), `lambda-gb-second-${fn.architecture}`));
    if (fn.traced) lines.push(line(fn.service, 'traces', per(sampled(rate)), 'xray-trace'));
  }
  lines.push(line('logs', 'taken in', per(logged) / GB, 'logs-ingested'));
  lines.push(
    line('logs', 'kept 90 days', (per(logged) / GB) * USE.logMonths * USE.logCompression, 'logs-stored'),
  );
  return drop(lines);
}

/** What a stage costs in a month in which nothing comes. */
export function costOfIdleMonth(parts: Parts): CostLine[] {
  const sweeper = parts.functions.find(({ service }) => service === 'sweeper');
  const lines = [
    line('secrets', 'signing secret, API key', parts.secrets, 'secret'),
    line('topics', 'encryption key', parts.keys, 'kms-key'),
    line('monitoring', 'alarms', parts.alarmMetrics, 'alarm-metric'),
    line('monitoring', 'dashboard', parts.dashboards, 'dashboard'),
    line('monitoring', 'metrics', metricsOf(parts).idle, 'metric'),
    line('queue', 'long polls', (MONTH_MINUTES * 60 * USE.pollers) / USE.pollSeconds, 'sqs-request'),
    line('sweeper', 'requests', parts.scheduled, 'lambda-request'),
    line('sweeper', 'index reads', parts.scheduled * SHARDS_READ * 0.5, 'dynamodb-read-unit'),
    line(
      'verifier',
      'kept warm',
      parts.provisionedGb * MONTH_MINUTES * 60,
      'lambda-provisioned-gb-second-arm64',
    ),
    line('logs', 'taken in', (parts.scheduled * USE.logBytes) / GB, 'logs-ingested'),
  ];
  if (sweeper) {
    const seconds = parts.scheduled * USE.sweeperSeconds * sweeper.memoryGb;
    lines.push(line('sweeper', 'time', seconds, `lambda-gb-second-${sweeper.architecture}`));
    if (sweeper.traced) lines.push(line('sweeper', 'traces', parts.scheduled, 'xray-trace'));
  }
  return drop(lines);
}

/** What comes on top in a month in which events come, however many: it goes by hours. */
export function costOfActiveMonth(parts: Parts): CostLine[] {
  const { well, trouble } = metricsOf(parts);
  return drop([
    line('monitoring', 'metrics of events that go well', well, 'metric'),
    line('monitoring', 'metrics of all else that may happen', trouble, 'metric'),
  ]);
}

export const total = (lines: readonly CostLine[]): number => lines.reduce((sum, { usd }) => sum + usd, 0);

function secondsOf(service: string, followUps: number): number {
  if (service === 'verifier') return USE.verifierSeconds;
  return service === 'processor' ? USE.processorSeconds + followUps * USE.callSeconds : 0;
}

/** X-Ray's default rule: the first of each second, and five in a hundred of the rest. */
const sampled = (rate: number): number => (rate <= 1 ? 1 : (1 + 0.05 * (rate - 1)) / rate);

/** Between two whole numbers of follow-ups, the average. */
async function average(count: number, measure: (count: number) => Promise<EventUse>): Promise<EventUse> {
  const [low, high] = await Promise.all([measure(Math.floor(count)), measure(Math.ceil(count))]);
  const share = count - Math.floor(count);
  return Object.fromEntries(
    (Object.keys(low) as (keyof EventUse)[]).map((key) => [key, low[key] + (high[key] - low[key]) * share]),
  ) as unknown as EventUse;
}
