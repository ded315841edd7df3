import { DAY, MINUTE } from '../../lambda/core/model/index.ts';
import { batchSize, secondsOf } from './batches.ts';
import { type Load, useOfEvent } from './event-use.ts';
import { metricsOf } from './metrics.ts';
import type { FunctionPart, Parts } from './parts.ts';
import { MONTH_MINUTES, type PriceName, type Prices, SHARDS_READ, USE } from './prices.ts';

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
  /** When the price was last seen, `YYYY-MM`. */
  as_of: string;
}

export interface LoadOptions extends Load {
  events: number;
  /** Events per second while they arrive: sampling of traces depends on it. */
  rate: number;
}

const GB = 1024 ** 3;
const REQUEST_BYTES = 512 * 1024;

/** Component, what is counted, how many units, and the price of one. */
type Item = [component: string, what: string, quantity: number, name: PriceName];

/** Lines of the bill, without those that are zero. */
const linesOf = (prices: Prices, items: readonly Item[]): CostLine[] =>
  items
    .filter(([, , quantity]) => quantity > 0)
    .map(([component, what, quantity, name]) => {
      const { usd: price, unit, source, seen } = prices[name];
      return { component, what, quantity, unit, price, usd: quantity * price, source, as_of: seen };
    });

/** What so many events cost, line by line. */
export function costOfEvents(parts: Parts, load: LoadOptions, prices: Prices): CostLine[] {
  const perEvent = [...serviceItems(parts, load), ...functionItems(parts, load), ...logItems(parts, load)];
  return linesOf(
    prices,
    perEvent.map(([component, what, each, name]) => [component, what, each * load.events, name]),
  );
}

/** What one event uses of the services around the functions. */
function serviceItems(parts: Parts, load: LoadOptions): Item[] {
  const { retention, pointInTimeRecovery, hasStoreKey } = parts;
  const one = useOfEvent(load, retention);
  const kept = `kept ${retention.eventDays} to ${retention.completionDays} days`;
  // Point-in-time recovery covers the table and its local indexes, not global ones.
  const recovered = pointInTimeRecovery ? one.tableByteMonths / GB : 0;
  return [
    ['gateway', 'requests', Math.ceil(load.bytes / REQUEST_BYTES), 'http-api-request'],
    ['queue', 'send, receive, delete', one.sends + 2 / batchSize(parts, load), 'sqs-request'],
    ['table', 'writes', one.writeUnits, 'dynamodb-write-unit'],
    // One of them is that of the pause, once for each batch.
    ['table', 'reads', one.readUnits - 1 + 1 / batchSize(parts, load), 'dynamodb-read-unit'],
    ['table', 'reads of the sweeper', USE.censusReads, 'dynamodb-read-unit'],
    ['table', kept, one.storedByteMonths / GB, 'dynamodb-storage'],
    ['topics', 'published', one.announcements, 'sns-publish'],
    ['network', 'calls to Cyberdesk', one.bytesOut / GB, 'data-out'],
    ['table', 'recovery', recovered, 'dynamodb-pitr'],
    ['key', 'requests', hasStoreKey ? keyRequests(load) : 0, 'kms-request'],
  ];
}

const eventFunctions = ({ functions }: Parts): FunctionPart[] =>
  functions.filter(({ service }) => service === 'verifier' || service === 'processor');

const functionItems = (parts: Parts, load: LoadOptions): Item[] =>
  eventFunctions(parts).flatMap(({ service, memoryGb, architecture, traced }): Item[] => {
    const isVerifier = service === 'verifier';
    const batch = isVerifier ? 1 : batchSize(parts, load);
    const calls = isVerifier ? 0 : (load.followUps * USE.callSeconds) / batch;
    const { eventDays, bodyDays } = parts.retention;
    const apart = isVerifier && bodyDays < eventDays ? USE.bodySeconds : 0;
    const seconds = secondsOf(isVerifier ? 'verifier' : 'processor', memoryGb) + calls + apart;
    return [
      [service, 'requests', 1 / batch, 'lambda-request'],
      [service, 'time', seconds * memoryGb, `lambda-gb-second-${architecture}`],
      [service, 'traces', traced ? sampled(load.rate) : 0, 'xray-trace'],
    ];
  });

function logItems(parts: Parts, load: LoadOptions): Item[] {
  const { verifier, processor, processorEvent, access } = USE.logBytes;
  const own = verifier + processorEvent + processor / batchSize(parts, load);
  const bytes = own + (parts.accessLogs ? access : 0);
  const months = (parts.logDays * DAY) / (MONTH_MINUTES * MINUTE);
  return [
    ['logs', 'ingested', bytes / GB, 'logs-ingested'],
    ['logs', `kept ${parts.logDays} days`, (bytes / GB) * months * USE.logCompression, 'logs-stored'],
  ];
}

/** What a stage costs in a month without events. */
export function costOfIdleMonth(parts: Parts, prices: Prices): CostLine[] {
  const seconds = MONTH_MINUTES * 60;
  return linesOf(prices, [
    ['secrets', 'signing secret, API key', parts.secrets, 'secret'],
    ['topics', 'encryption key', parts.keys, 'kms-key'],
    ['monitoring', 'alarms', parts.alarmMetrics, 'alarm-metric'],
    ['monitoring', 'composite alarms', parts.compositeAlarms, 'composite-alarm'],
    ['monitoring', 'dashboard', parts.dashboards, 'dashboard'],
    ['monitoring', 'metrics', metricsOf(parts).idle, 'metric'],
    ['queue', 'long polls', (seconds * USE.pollers) / USE.pollSeconds, 'sqs-request'],
    ...scheduledItems(parts),
  ]);
}

/** What runs on a schedule, or is always on. */
function scheduledItems({ functions, scheduled, provisionedGb, hasStoreKey }: Parts): Item[] {
  const sweeper = functions.find(({ service }) => service === 'sweeper');
  const { memoryGb = 0, architecture = 'arm64', traced = false } = sweeper ?? {};
  const gbSeconds = scheduled * USE.sweeperSeconds * memoryGb;
  return [
    ['sweeper', 'requests', scheduled, 'lambda-request'],
    ['sweeper', 'index reads', scheduled * SHARDS_READ * 0.5, 'dynamodb-read-unit'],
    ['verifier', 'kept warm', provisionedGb * MONTH_MINUTES * 60, 'lambda-provisioned-gb-second-arm64'],
    ['logs', 'ingested', (scheduled * USE.logBytes.sweeper) / GB, 'logs-ingested'],
    ['key', 'requests of the sweeper', hasStoreKey ? scheduled : 0, 'kms-request'],
    ['sweeper', 'time', gbSeconds, `lambda-gb-second-${architecture}`],
    ['sweeper', 'traces', traced ? scheduled : 0, 'xray-trace'],
  ];
}

/** What a month with events adds, regardless of how many: it is billed by the hour. */
export function costOfActiveMonth(parts: Parts, prices: Prices): CostLine[] {
  const { normal, trouble } = metricsOf(parts);
  const caches = MONTH_MINUTES / USE.cacheMinutes;
  return linesOf(prices, [
    ['secrets', 'read', caches * USE.secretsRead, 'secret-request'],
    ['topics', 'keys for messages', parts.keys * caches, 'kms-request'],
    ['topics', 'mails about alarms', parts.mailRecipients * USE.mails, 'sns-mail'],
    ['monitoring', 'metrics of events that succeed', normal, 'metric'],
    ['monitoring', 'metrics of everything else that may happen', trouble, 'metric'],
  ]);
}

export const total = (lines: readonly CostLine[]): number => lines.reduce((sum, { usd }) => sum + usd, 0);

/** What services ask KMS for one event: they keep data keys for some minutes, which many events share. */
const keyRequests = ({ rate }: LoadOptions): number =>
  Object.values(USE.keyRequests).reduce((sum, each) => sum + each, 0) / Math.max(1, rate * USE.keySeconds);

/** X-Ray's default rule: the first of each second, and five in a hundred of the rest. */
const sampled = (rate: number): number => (rate <= 1 ? 1 : (1 + 0.05 * (rate - 1)) / rate);
