import { DAY } from '../../lambda/core/model/index.ts';
import { isoTime } from '../cli/time.ts';
import { BadArgumentError } from '../errors.ts';
import { requireCyberdesk } from '../stage/secrets.ts';
import type { Stage } from '../stage/stage.ts';
import type { Bookmark } from './bookmark.ts';
import { Comparison } from './comparison.ts';
import type { Reconciled, ReconcileOptions } from './types.ts';

/** Beyond this, records of what was done may have expired, and runs would wrongly be reported as missing. */
const LONGEST_DAYS = 90;

/** Compares runs with events, and applies. May be interrupted and repeated. @throws BadArgumentError, NotReachableError */
export async function reconcile(stage: Stage, options: ReconcileOptions): Promise<Reconciled> {
  const now = (options.now ?? Date.now)();
  // Runs that are yet to end cannot have been compared: an `until` in the future must not be reported as reached.
  const until = Math.min(options.until ?? Number.POSITIVE_INFINITY, now);
  const mark = (await options.bookmarks?.read(now)) ?? firstBookmark(options, until, now);
  const resumed = mark.upTo > mark.since - options.lookback;
  checkSince(stage, mark.since, now);
  const comparison = new Comparison({ stage, client: await requireCyberdesk(stage), options, mark });
  // If this continues an interrupted one, runs have ended since its own `until`.
  const extendedFrom = mark.until < until ? mark.until : undefined;
  const interrupted = await isInterrupted(options.signal, () => comparison.runUntil(until));
  if (!interrupted) await options.bookmarks?.remove();
  return {
    since: isoTime(mark.since),
    until: isoTime(mark.until),
    resumed,
    ...(extendedFrom !== undefined && mark.until > extendedFrom && { extended_from: isoTime(extendedFrom) }),
    interrupted,
    compared: comparison.compared,
    counts: mark.counts,
    runs: mark.open.map(({ endedAt, ...rest }) => ({ ...rest, ended_at: isoTime(endedAt) })),
  };
}

async function isInterrupted(signal: AbortSignal | undefined, work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return false;
  } catch (error) {
    if (signal?.aborted && error === signal.reason) return true;
    throw error;
  }
}

const firstBookmark = ({ since, lookback }: ReconcileOptions, until: number, now: number): Bookmark => ({
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
    throw new BadArgumentError(`--since goes back further than ${days} days`, {
      next: 'give a later time: older deduplication records may have expired, so a run could be started twice',
    });
  }
  if (since >= now)
    throw new BadArgumentError('--since is in the future', { next: 'give a time in the past' });
}
