import {
  CENSUS_KEY,
  type CensusItem,
  DAY,
  type EventItem,
  FIRST_LOOK_BACK,
  ITEM_VERSION,
  LARGEST_READ,
  MINUTE,
  ON_TIME,
  OPEN_SHARDS,
  type OpenEntry,
} from '../model/index.ts';
import { trySave, update } from '../store/index.ts';
import { allOf } from './all-of.ts';
import { isOurs, readReceived } from './find-lost.ts';
import type { SweepPorts } from './ports.ts';

/** Younger events are left alone: almost all of them finish within seconds, and need no entry in the open index. */
const YOUNGEST = ON_TIME;
/** An event is looked at once more, until it is this much older: the index may have lagged the first time. */
const OVERLAP = 10 * MINUTE;
/** Entries of one page; their events are read in batches at once. */
const PAGE = 10 * LARGEST_READ;

type Unfinished = OpenEntry & Pick<EventItem, 'v'>;

/** What a census has found, and how far it got. */
export interface Census {
  /** Events that are unfinished, listed before or not; without their bodies, as there may be a hundred thousand. */
  unfinished: Unfinished[];
  /** Some of the arrivals were looked at, if there are any. */
  hasLooked: boolean;
  /** Everything that has arrived by then was looked at; otherwise the next census continues. */
  isComplete: boolean;
  /** What ended it early. What it had found by then counts all the same. */
  error?: unknown;
}

/** A census on its way. */
interface Walk extends Census {
  /** How far it got, ISO 8601: everything that had arrived by then was looked at. */
  reached: string;
}

/**
 * Lists what is unfinished: of the events that arrived since the last census, those that are not finished after a few
 * minutes get an entry in the open index, where the sweep finds them. An entry costs two writes for each event if it is
 * made on arrival and removed at the end; so only those get one that need it.
 *
 * It never rejects. An error ends it as its deadline does: the next census begins where this one got to, so that a table
 * that throttles now and then does not keep it at one place forever.
 *
 * @param found What the last census left.
 * @param deadline When to stop, in epoch milliseconds.
 */
export async function takeCensus(
  ports: SweepPorts,
  found: CensusItem | undefined,
  deadline: number,
): Promise<Census> {
  const now = ports.system.now();
  const from = found?.from ?? isoTime(now - FIRST_LOOK_BACK);
  const census: Walk = { unfinished: [], hasLooked: false, isComplete: false, reached: from };
  const keep = (error: unknown) => {
    census.error ??= error;
  };
  await walkArrivals(ports, census, { from, until: isoTime(now - YOUNGEST), deadline }).catch(keep);
  const next = nextBegin(census, now);
  if (next > from && (found?.v ?? 0) <= ITEM_VERSION)
    // Of two censuses at once one loses its write: either place is good enough to begin at. One of a later release stays.
    await trySave<CensusItem>(
      ports,
      { ...CENSUS_KEY, v: ITEM_VERSION, from: next },
      found ? { tag: found.tag } : 'absent',
    ).catch(keep);
  return census;
}

/** Where the next census begins: where this one got to, and never past what the index may not have shown yet. */
function nextBegin({ unfinished, isComplete, reached }: Walk, now: number): string {
  const settled = isoTime(now - YOUNGEST - OVERLAP);
  const far = isComplete || reached > settled ? settled : reached;
  // Before what a later release has written, which this one must not touch: that one's census begins there.
  return unfinished.filter((event) => !isOurs(event)).reduce(earlier, far);
}

interface Span {
  from: string;
  until: string;
  deadline: number;
}

async function walkArrivals(ports: SweepPorts, census: Walk, { from, until, deadline }: Span): Promise<void> {
  for (const day of daysBetween(from, until)) {
    let after: OpenEntry | undefined;
    do {
      if (ports.system.now() >= deadline) return;
      const entries = await ports.arrivals.list(day, { after, from, until, limit: PAGE });
      await listUnfinished(ports, census, entries);
      census.hasLooked = true;
      after = entries.length < PAGE ? undefined : entries.at(-1);
      census.reached = entries.at(-1)?.received_at ?? census.reached;
    } while (after);
  }
  census.isComplete = true;
}

async function listUnfinished(ports: SweepPorts, census: Walk, entries: readonly OpenEntry[]): Promise<void> {
  for (let start = 0; start < entries.length; start += LARGEST_READ) {
    const batch = entries.slice(start, start + LARGEST_READ);
    const events = await readReceived(ports.reader, batch, { mayLag: true });
    // Counted first: their age is to be known also if they cannot be listed.
    census.unfinished.push(...events.map(({ event_id, received_at, v }) => ({ event_id, received_at, v })));
    // A batch at once: one after another, they would take longer than a backlog takes to grow. More at once than the client has
    // connections would wait for these, and run into its time limits.
    await allOf(events.filter(isUnlisted).map((event) => list(ports, event)));
  }
}

const isUnlisted = (event: EventItem): boolean =>
  event.state === 'received' && event.open === undefined && isOurs(event);

/** Gives an event its entry, unless it is finished by now. */
const list = (ports: SweepPorts, event: EventItem) =>
  update(ports, event, (found) =>
    found && isUnlisted(found)
      ? { ...found, open: String(Math.floor(ports.system.random() * OPEN_SHARDS)) }
      : undefined,
  );

const earlier = (far: string, { received_at }: OpenEntry): string => (received_at < far ? received_at : far);

const isoTime = (at: number): string => new Date(at).toISOString();

/** The days of a span, oldest first, `YYYY-MM-DD`. */
function daysBetween(from: string, until: string): string[] {
  const days: string[] = [];
  for (let at = Date.parse(from.slice(0, 10)); isoTime(at) <= until; at += DAY)
    days.push(isoTime(at).slice(0, 10));
  return days;
}
