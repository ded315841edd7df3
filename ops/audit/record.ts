import {
  DAY,
  ITEM_VERSION,
  type Item,
  KEY_PREFIXES,
  type Key,
  ttlAfter,
} from '../../lambda/core/model/index.ts';
import type { Draft } from '../../lambda/core/store/index.ts';
import { isoTime } from '../cli/time.ts';
import type { Stage } from '../stage/stage.ts';

/** What someone is about to do. Ids, codes and names of verbs only: no payload and no secret. */
export interface Act {
  /** As it is typed: `events settle`. A button has the name of the verb that does the same. */
  verb: string;
  via: 'command' | 'console';
  /** What it is done to, in ids and options. */
  target: string;
  /** Why, in the person's own words. */
  because?: string | undefined;
}

/** `audit#<act>` / `intent`: written before anything is done. */
export interface IntentItem extends Item, Act {
  caller: string;
  /** Partition in the `by-day` index, apart from those of events: `audit#YYYY-MM-DD`. */
  day: string;
  /** When it was written, ISO 8601; the name is that of the index's sort key. */
  received_at: string;
}

/** `audit#<act>` / `outcome`: written afterwards. An act without one was cut off. */
export interface OutcomeItem extends Item {
  at: string;
  outcome: 'done' | 'failed';
  /** What came of it: counts and codes, or the name of the error. */
  result?: string;
}

/** `audit#event#<event id>` / `<time>#<act>`: the act is about this event. */
export interface MarkItem extends Item {
  act: string;
}

export const intentKey = (act: string): Key => ({ pk: KEY_PREFIXES.audit + act, sk: 'intent' });
export const outcomeKey = (act: string): Key => ({ pk: KEY_PREFIXES.audit + act, sk: 'outcome' });
export const marksOf = (eventId: string): string => `${KEY_PREFIXES.audit}event#${eventId}`;

/** Of `audit#<act>`: the act. */
export const actIn = ({ pk }: Key): string => pk.slice(KEY_PREFIXES.audit.length);

/** Partition of a day in the `by-day` index, which lists of events never read. @param day `YYYY-MM-DD` */
export const auditDay = (day: string): string => KEY_PREFIXES.audit + day;

/** An act whose items are being written. */
export interface Written {
  /** Its id. */
  act: string;
  /** Epoch milliseconds. */
  now: number;
  /** Epoch seconds. */
  ttl: number;
}

/** As long as events are kept, from the act on: an event that it reopens is kept at least that long. */
export const written = (act: string, now: number, { outputs }: Stage): Written => ({
  act,
  now,
  ttl: ttlAfter(now, outputs.eventRetentionDays * DAY),
});

export function intentItem({ act, now, ttl }: Written, caller: string, about: Act): Draft<IntentItem> {
  const { verb, via, target, because } = about;
  const at = isoTime(now);
  return {
    ...intentKey(act),
    ...{ v: ITEM_VERSION, ttl, day: auditDay(at.slice(0, 10)), received_at: at },
    ...{ caller, verb, via, target },
    ...(because !== undefined && { because }),
  };
}

export const outcomeItem = (
  { act, now, ttl }: Written,
  outcome: OutcomeItem['outcome'],
  result: string | undefined,
): Draft<OutcomeItem> => ({
  ...outcomeKey(act),
  ...{ v: ITEM_VERSION, ttl, at: isoTime(now), outcome },
  ...(result !== undefined && { result }),
});

export const markItem = ({ act, now, ttl }: Written, eventId: string): Draft<MarkItem> => ({
  ...{ pk: marksOf(eventId), sk: `${isoTime(now)}#${act}` },
  ...{ v: ITEM_VERSION, ttl, act },
});
