import {
  CENSUS_KEY,
  type CensusItem,
  type Item,
  ON_TIME,
  OPEN_SHARDS,
  type OpenEntry,
  PAUSE_KEY,
  type PauseItem,
  SWEEP_KEY,
  type SweepItem,
} from '../model/index.ts';
import { heldUntil, pauseEnd, unavailableFor } from '../pause/index.ts';
import { type Census, takeCensus } from './census.ts';
import { type Cursors, cursorsOf, saveCursors } from './cursors.ts';
import type { SweepPorts, Swept } from './ports.ts';
import { type Round, type WalkEnd, walkShard } from './walk.ts';

/**
 * Nothing is sent again while this many messages wait or are in flight: SQS holds at most 120,000 in flight, and with
 * so many waiting, a missing one is the smaller problem.
 */
const LARGEST_BACKLOG = 100_000;

/** Unfinished events of a shard that are counted: one short query, and enough to say that the service level is missed. */
const COUNTED = 1000;

const SHARDS = Array.from({ length: OPEN_SHARDS }, (_, shard) => shard);

/**
 * The safety net under the queue: sends a message again that was lost (expired after seven days, deleted by hand, or
 * never sent because verifier and sender both gave up). An extra message is harmless.
 *
 * @throws What went wrong first, after everything else is done: a shard that fails does not stop the others from being swept.
 */
export async function sweep(ports: SweepPorts): Promise<Swept> {
  const began = ports.system.now();
  const open = await listOldest(ports);
  const listed = oldestOf(open.entries, began);
  // That nothing is listed proves nothing yet: it is the census that lists what is late.
  if (listed > 0) ports.reportAge(listed);
  const { room, pause, places, errors } = await readState(ports);
  const half = began + (ports.deadline - began) / 2;
  const census = places ? await takeCensus(ports, places.counted, half) : NOT_TAKEN;
  const unfinished = distinct([...open.entries, ...census.unfinished]);
  const oldest = oldestOf(unfinished, began);
  // A census that stopped early has looked at the oldest arrivals first, unless it had no time at all.
  const isSure = open.errors.length === 0 && census.hasLooked && census.error === undefined;
  if (oldest > listed || (oldest === 0 && isSure)) ports.reportAge(oldest);
  ports.reportWaiting({
    overdue: overdueOf(unfinished, { now: began, held: heldUntil(pause, began) }),
    unavailable: unavailableFor(pause, began),
  });
  const round: Round = {
    ports,
    began,
    quietUntil: pauseEnd(pause, began),
    room,
    examined: 0,
    resent: 0,
    refused: 0,
  };
  const ends = await walkAll(round, cursorsOf(places?.control));
  if (places) await saveCursors(ports, places.control, stopsOf(ends));
  const failures = [
    ...open.errors,
    ...errors,
    ...[census, ...ends].flatMap(({ error }) => (error === undefined ? [] : [error])),
  ];
  if (failures.length > 0) throw failures[0];
  const { examined, resent, refused } = round;
  const isComplete = [census, ...ends].every((one) => one.isComplete);
  return { oldest, examined, resent, refused, isComplete };
}

/** Without its place, a census would begin at the oldest event that is kept. */
const NOT_TAKEN: Census = { unfinished: [], hasLooked: false, isComplete: false };

/** What a sweep goes by. A part that cannot be read does not end it: the rest still has to be counted and reported. */
async function readState({ queue, reader }: SweepPorts) {
  const [backlog, pause, places] = await Promise.allSettled([
    queue.backlog(),
    reader.getAll([PAUSE_KEY]),
    reader.getAll([SWEEP_KEY, CENSUS_KEY]),
  ]);
  // What kind of item a key holds is known by its form.
  const [control, counted] = itemsOf(places) as [SweepItem | undefined, CensusItem | undefined];
  return {
    /** Messages that may still be sent: none into a queue whose length is not known. */
    room: backlog.status === 'fulfilled' ? LARGEST_BACKLOG - backlog.value : 0,
    /** Undefined as well if it cannot be read, which fails nothing: it only saves calls. */
    pause: itemsOf(pause)[0] as PauseItem | undefined,
    /** Where the last sweep and its census stopped; undefined if that cannot be read. */
    places: places.status === 'fulfilled' ? { control, counted } : undefined,
    errors: [backlog, places].flatMap((read) => (read.status === 'rejected' ? [read.reason] : [])),
  };
}

const itemsOf = (read: PromiseSettledResult<(Item | undefined)[]>): (Item | undefined)[] =>
  read.status === 'fulfilled' ? read.value : [];

/** @throws What a shard failed with, if all did: then no age is known. */
async function listOldest({ open }: SweepPorts) {
  const firsts = await Promise.allSettled(SHARDS.map((shard) => open.list(shard, { limit: COUNTED })));
  const errors: unknown[] = [];
  const entries: OpenEntry[] = [];
  for (const first of firsts) {
    if (first.status === 'rejected') errors.push(first.reason);
    else entries.push(...first.value);
  }
  if (errors.length === firsts.length) throw errors[0];
  return { entries, errors };
}

const distinct = (entries: readonly OpenEntry[]): OpenEntry[] => [
  ...new Map(entries.map((entry) => [entry.event_id, entry])).values(),
];

const oldestOf = (entries: readonly OpenEntry[], now: number): number =>
  entries
    .map(({ received_at }) => now - Date.parse(received_at))
    // What someone has forged may be no time, and must not hide the age of all others.
    .filter((age) => age > 0)
    .reduce((longest, age) => Math.max(longest, age), 0);

/** @param held Events from before had to wait for the end of a pause. */
const overdueOf = (entries: readonly OpenEntry[], { now, held }: { now: number; held: number }): number =>
  entries
    .map(({ received_at }) => Date.parse(received_at))
    .filter((time) => time >= held && now - time > ON_TIME).length;

const walkAll = (round: Round, cursors: Cursors): Promise<WalkEnd[]> =>
  Promise.all(SHARDS.map((shard) => walkShard(round, shard, cursors.get(shard))));

/** By shard, where walks have stopped before its end. */
const stopsOf = (ends: readonly WalkEnd[]): Cursors =>
  new Map(ends.flatMap(({ cursor }, shard) => (cursor ? [[shard, cursor] as const] : [])));
