import { type Pace, pacer } from '../dlq/pace.ts';
import { cyberdeskOf } from '../doctor/secrets.ts';
import { BadArgumentError, OperatorError } from '../errors.ts';
import { commandLine } from '../stage/command-line.ts';
import type { Stage } from '../stage/stage.ts';
import { type Applied, enqueueMissing, queueAgain } from './apply.ts';
import type { Bookmark, Bookmarks } from './bookmark.ts';
import { runWindows, webhookSwitch } from './cyberdesk.ts';
import { type Judged, judge, judgeEndings, type Verdict } from './judge.ts';
import { type Ending, openEventsByRun } from './known.ts';
import { walkWindows } from './windows.ts';

const DAY = 86_400_000;
/** Beyond this the memory of what was done may be gone, and a run would be taken for missing. */
const LONGEST_DAYS = 90;

export interface ReconcileOptions extends Partial<Pace> {
  /** Runs that ended since, epoch milliseconds. */
  since: number;
  until?: number | undefined;
  /** Store and queue what is missing. */
  apply?: boolean;
  workflow?: string | undefined;
  /** Take runs of workflows that send no webhooks for missing, too. */
  includeDisabled?: boolean;
  /** How long before `since` a run may have been created, milliseconds. */
  lookback: number;
  /** A run that ended within this time is not missing yet, milliseconds. */
  grace: number;
  /** Events per second. */
  rate?: number;
  bookmarks?: Bookmarks | undefined;
  onProgress?: (compared: number, upTo: number) => void;
  /** Ends it between two runs; the same question then goes on where the last bookmark is. */
  signal?: AbortSignal;
}

/** A run that has no event, or may have none. Field names are part of `--json`. */
export interface ReconciledRun {
  run_id: string;
  workflow_id: string;
  status: string;
  /** ISO 8601; of a run without an end, its creation. */
  ended_at: string;
  verdict: Verdict;
  applied?: Applied;
}

export interface Reconciled {
  since: string;
  until: string;
  /** Went on where an earlier one was cut off. */
  resumed: boolean;
  /** What the earlier one would have ended with; what ended later was compared as well. */
  extended_from?: string;
  /** Ended by its signal: what is told here is not all. */
  interrupted: boolean;
  compared: number;
  counts: Partial<Record<Verdict, number>>;
  /** All that is not known. */
  runs: ReconciledRun[];
}

/**
 * Compares Cyberdesk's terminal runs with the stage's events, by completion, and stores and queues what is missing
 * when asked to. May be cut off and repeated at will.
 *
 * @throws BadArgumentError, NotReachableError
 */
export async function reconcile(stage: Stage, options: ReconcileOptions): Promise<Reconciled> {
  const now = options.now ?? Date.now;
  const { bookmarks, apply = false, includeDisabled = false, signal } = options;
  // What is yet to end cannot have been compared: an `until` ahead would tell it for done.
  const asked = Math.min(options.until ?? Number.POSITIVE_INFINITY, now());
  const mark = (await bookmarks?.read(now())) ?? fresh(options, asked, now());
  const resumed = mark.upTo > mark.since - options.lookback;
  checkSince(stage, mark.since, now());
  const client = await cyberdeskOf(stage);
  if (!client) {
    throw new OperatorError(`the API key is not set: ${commandLine(stage.target, ['api-key', 'set'])}`);
  }
  const stated = {
    stage,
    sendsWebhooks: includeDisabled ? async () => true : webhookSwitch(stage, client),
  };
  const settled = now() - options.grace;
  const partsOf = async () => ({
    ...stated,
    open: await openEventsByRun(stage),
    bounds: { since: mark.since, until: mark.until, comparedTo: mark.comparedTo, settled },
  });
  const pace = pacer(options.rate ?? 10, options);
  const settle = async (one: Judged) => {
    const isOpen = one.verdict === 'missing' || one.verdict === 'waiting';
    if (!apply || !isOpen) return one;
    await pace();
    signal?.throwIfAborted();
    const applied =
      one.verdict === 'missing' ? await enqueueMissing(stage, client, one) : await queueAgain(stage, one);
    return { ...one, applied };
  };
  const take = async (judged: readonly Judged[]) => {
    for (const one of judged) {
      const done = await settle(one);
      mark.counts[one.verdict] = (mark.counts[one.verdict] ?? 0) + 1;
      if (one.verdict !== 'known') mark.open.push(done);
    }
  };

  const walk = async () => {
    const parts = await partsOf();
    let seen = new Set<string>();
    for await (const { runs, upTo } of walkWindows(
      runWindows(stage, client, options.workflow),
      mark.upTo,
      mark.until,
    )) {
      signal?.throwIfAborted();
      const news = runs.filter(({ id }) => !seen.has(id));
      // Windows share their bounds: only the one before can have held the same run.
      seen = new Set(runs.map(({ id }) => id));
      const judged = await judge(parts, news);
      await take(judged.filter((one) => !isTold(mark, one)));
      mark.upTo = upTo;
      await bookmarks?.write(mark);
      options.onProgress?.(sum(mark.counts), upTo);
    }
  };

  let extendedFrom: number | undefined;
  const interrupted = await isCutShort(signal, async () => {
    // Too recent when the one before met them; where that was cut off long ago, they are not any more.
    await take(await judgeEndings(await partsOf(), takeRecent(mark)));
    await walk();
    if (mark.until >= asked) return;
    // Cut off and taken up again: its own time ended then, and runs have ended since, created whenever.
    extendedFrom = mark.until;
    Object.assign(mark, { comparedTo: mark.until, until: asked, upTo: mark.since - options.lookback });
    await walk();
  });
  if (!interrupted) await bookmarks?.remove();
  return {
    since: iso(mark.since),
    until: iso(mark.until),
    resumed,
    ...(extendedFrom !== undefined && { extended_from: iso(extendedFrom) }),
    interrupted,
    compared: sum(mark.counts),
    counts: mark.counts,
    runs: mark.open.map(({ endedAt, ...rest }) => ({ ...rest, ended_at: iso(endedAt) })),
  };
}

/** Whether the signal has ended the work before it was done. */
async function isCutShort(signal: AbortSignal | undefined, work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return false;
  } catch (error) {
    if (signal?.aborted && error === signal.reason) return true;
    throw error;
  }
}

const iso = (at: number): string => new Date(at).toISOString();

const sum = (counts: Partial<Record<Verdict, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

/** Runs without an end are met by every walk: no time of theirs says which one they belong to. */
const isTold = ({ open }: Bookmark, { verdict, run_id, endedAt }: Judged): boolean =>
  verdict === 'unclear' && open.some((told) => told.run_id === run_id && told.endedAt === endedAt);

/** Takes out of a bookmark what was too recent to be judged. */
function takeRecent(mark: Bookmark): Ending[] {
  const recent = mark.open.filter(({ verdict }) => verdict === 'recent');
  mark.open = mark.open.filter(({ verdict }) => verdict !== 'recent');
  delete mark.counts.recent;
  return recent.map(({ verdict: _verdict, ...ending }) => ending);
}

const fresh = ({ since, lookback }: ReconcileOptions, until: number, now: number): Bookmark => ({
  since,
  until,
  upTo: since - lookback,
  startedAt: now,
  counts: {},
  open: [],
});

function checkSince({ outputs }: Stage, since: number, now: number): void {
  const days = Math.min(LONGEST_DAYS, outputs.completionRetentionDays);
  if (since < now - days * DAY) {
    throw new BadArgumentError(
      `--since goes back further than ${days} days: what was done then may be forgotten, and would be done again; give a later time`,
    );
  }
  if (since >= now) throw new BadArgumentError('--since lies in the future: give a time that is past');
}
