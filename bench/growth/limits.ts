import { OPEN_SHARDS } from '../../lambda/core/model/index.ts';

/** What the installation is set to, and what the account and the API allow. Rates are per second. */
export interface Situation {
  /** Setting `throttle.rateLimit`. */
  readonly throttle: number;
  /** Setting `processorConcurrency`: processors at a time. */
  readonly processors: number;
  /** Lambda's concurrent executions of the account. */
  readonly accountConcurrency: number;
  /** Calls that Cyberdesk accepts; infinite if it has no limit. */
  readonly cyberdesk: number;
  /** Kilobytes of a webhook. */
  readonly bodyKb: number;
  /** Of one event. */
  readonly followUps: number;
}

/** What one event takes, in seconds. */
export interface Pace {
  /** In the verifier, at 1 KB. */
  readonly verifier: number;
  /** In the verifier, for each kilobyte more. */
  readonly perKb: number;
  /** In the processor, without waiting for Cyberdesk; the events of a batch take turns. */
  readonly processor: number;
  /** Until Cyberdesk has answered; the events of a batch wait together. */
  readonly call: number;
  /** Events in a batch. */
  readonly batch: number;
}

/** Events per second that one part takes, and what moves it. */
export interface Limit {
  readonly name: string;
  readonly perSecond: number;
  readonly movedBy: string;
  /** Whether it holds webhooks back, which Svix sends again, or events that are accepted, which wait. */
  readonly at: 'door' | 'queue';
}

/** DynamoDB writes to one partition key, in units per second. */
const PARTITION_UNITS = 1000;
/** The default quotas of a region: requests to API Gateway, and write units of a table. */
const [GATEWAY, TABLE_UNITS] = [10_000, 40_000];
/** Most processors of one event source. */
const EVENT_SOURCE = 1000;

/** Seconds that the verifier spends on one webhook. */
export const verifierTime = ({ bodyKb }: Situation, pace: Pace): number =>
  pace.verifier + pace.perKb * Math.max(0, bodyKb - 1);

/** Events per second of one processor that always has a full batch. */
export const eventsOfProcessor = ({ followUps }: Situation, pace: Pace): number =>
  pace.batch / (pace.batch * pace.processor + followUps * pace.call);

/**
 * Every limit, the lowest first.
 * @param writeUnits of one event in all
 */
export function limitsOf(situation: Situation, pace: Pace, writeUnits: number): Limit[] {
  const each = eventsOfProcessor(situation, pace);
  const { processors, accountConcurrency, cyberdesk, throttle, followUps } = situation;
  const limits: Limit[] = [
    { name: 'throttling', perSecond: throttle, movedBy: 'throttle.rateLimit', at: 'door' },
    { name: 'API Gateway', perSecond: GATEWAY, movedBy: 'a quota of the account', at: 'door' },
    {
      name: 'Lambda concurrency',
      perSecond: Math.max(0, accountConcurrency - processors) / verifierTime(situation, pace),
      movedBy: 'a quota of the account',
      at: 'door',
    },
    {
      name: 'index by-day',
      perSecond: PARTITION_UNITS,
      movedBy: 'nothing: a day is one partition key, and an event one write unit there',
      at: 'door',
    },
    {
      name: 'index open',
      // Each event enters the index and leaves it.
      perSecond: (OPEN_SHARDS * PARTITION_UNITS) / 2,
      movedBy: 'nothing: the number of its shards is fixed',
      at: 'door',
    },
    { name: 'table', perSecond: TABLE_UNITS / writeUnits, movedBy: 'a quota of the account', at: 'queue' },
    { name: 'processors', perSecond: processors * each, movedBy: 'processorConcurrency', at: 'queue' },
    {
      name: 'event source',
      perSecond: EVENT_SOURCE * each,
      movedBy: 'nothing: SQS invokes at most 1,000 at a time',
      at: 'queue',
    },
    {
      name: 'Cyberdesk',
      perSecond: cyberdesk / Math.max(followUps, Number.MIN_VALUE),
      movedBy: 'an agreement with Cyberdesk',
      at: 'queue',
    },
  ];
  return limits.sort((a, b) => a.perSecond - b.perSecond);
}
