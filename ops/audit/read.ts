import { BY_DAY_INDEX, DAY, type Key } from '../../lambda/core/model/index.ts';
import { isoTime } from '../cli/time.ts';
import type { Stage } from '../stage/stage.ts';
import { query, readBatch } from '../stage/table.ts';
import {
  actIn,
  auditDay,
  type IntentItem,
  intentKey,
  type MarkItem,
  marksOf,
  type OutcomeItem,
  outcomeKey,
} from './record.ts';

/** One act, as it is on record. Field names are part of `--json`. */
export interface AuditEntry {
  id: string;
  /** When it was begun, ISO 8601. */
  at: string;
  /** ARN of the caller's AWS credentials; in the local run, a user of this machine. */
  caller: string;
  verb: string;
  via: 'command' | 'console';
  target: string;
  because?: string;
  /** `unknown`: it was cut off, or its outcome could not be recorded. */
  outcome: 'done' | 'failed' | 'unknown';
  /** Counts and codes, or the name of the error. */
  result?: string;
  ended_at?: string;
}

/** Acts since then, newest first, read only as they are consumed. Epoch milliseconds. */
export async function* listAudit(
  stage: Stage,
  { since = 0, now = Date.now() }: { since?: number | undefined; now?: number } = {},
): AsyncGenerator<AuditEntry> {
  const oldest = Math.max(since, now - stage.outputs.eventRetentionDays * DAY - DAY);
  // A clock elsewhere may be ahead and have written tomorrow's day.
  for (let at = now + DAY; dayOf(at) >= dayOf(oldest); at -= DAY) {
    const pages = query<Key>(stage, {
      IndexName: BY_DAY_INDEX,
      ScanIndexForward: false,
      KeyConditionExpression: '#day = :day AND received_at >= :since',
      ExpressionAttributeNames: { '#day': 'day' },
      ExpressionAttributeValues: { ':day': { S: auditDay(dayOf(at)) }, ':since': { S: isoTime(since) } },
    });
    for await (const page of pages) yield* await load(stage, page.map(actIn));
  }
}

const dayOf = (at: number): string => isoTime(at).slice(0, 10);

/** Acts about an event, newest first, read only as they are consumed. */
export async function* auditOf(stage: Stage, eventId: string, since = 0): AsyncGenerator<AuditEntry> {
  const pages = query<MarkItem>(stage, {
    ConsistentRead: true,
    ScanIndexForward: false,
    KeyConditionExpression: 'pk = :pk AND sk >= :since',
    ExpressionAttributeValues: { ':pk': { S: marksOf(eventId) }, ':since': { S: isoTime(since) } },
  });
  for await (const page of pages) yield* await load(stage, [...new Set(page.map(({ act }) => act))]);
}

type Found = Partial<Omit<IntentItem, keyof Key> & Omit<OutcomeItem, keyof Key>> & Key;

const ATTRIBUTES = [
  ...['pk', 'sk', 'received_at', 'caller', 'verb', 'via', 'target', 'because'],
  ...['at', 'outcome', 'result'],
];

async function load(stage: Stage, acts: readonly string[]): Promise<AuditEntry[]> {
  const keys = acts.flatMap((act) => [intentKey(act), outcomeKey(act)]);
  const items = new Map(
    (await readBatch<Found>(stage, keys, ATTRIBUTES)).map((item) => [nameOf(item), item]),
  );
  return acts.flatMap((act) => {
    const intent = items.get(nameOf(intentKey(act)));
    return intent === undefined ? [] : [entryOf(act, intent, items.get(nameOf(outcomeKey(act))))];
  });
}

const nameOf = ({ pk, sk }: Key): string => `${pk}\n${sk}`;

function entryOf(id: string, intent: Found, end: Found | undefined): AuditEntry {
  const { received_at: at = '', caller = '', verb = '', via = 'command', target = '', because } = intent;
  const { outcome = 'unknown', result, at: endedAt } = end ?? {};
  return {
    ...{ id, at, caller, verb, via, target },
    ...(because !== undefined && { because }),
    outcome,
    ...(result !== undefined && { result }),
    ...(endedAt !== undefined && { ended_at: endedAt }),
  };
}

/** `assumed-role/Operator/alice` of an ARN: the account is that of the stage, as a rule. */
export const shortCaller = (caller: string): string => caller.split(':').at(-1) ?? caller;

/** `done: 3 redriven` */
export const outcomeInWords = ({ outcome, result }: AuditEntry): string =>
  result === undefined ? outcome : `${outcome}: ${result}`;
