import type { Pace } from '../cli/progress.ts';
import type { AuditedStage } from '../stage/audited-stage.ts';
import type { Applied } from './apply.ts';
import type { Bookmarks } from './bookmark.ts';
import type { Verdict } from './judge.ts';

export interface ReconcileOptions extends Partial<Pace> {
  /** Runs that ended since, epoch milliseconds. */
  since: number;
  until?: number | undefined;
  /** Where to store and queue what is missing: the same stage, on record. Absent: nothing is stored. */
  apply?: AuditedStage | undefined;
  workflow?: string | undefined;
  /** Include runs of workflows that send no webhooks. */
  includeDisabled?: boolean;
  /** How long before `since` a run may have been created, milliseconds. */
  lookback: number;
  /** A run that ended within this time is not missing yet, milliseconds. */
  grace: number;
  rate?: number;
  bookmarks?: Bookmarks | undefined;
  onProgress?: (compared: number, upTo: number) => void;
  /** Ends it between two runs; the same call then continues at the last bookmark. */
  signal?: AbortSignal;
}

/** A run that has no event, or may have none. Field names are part of `--json`. */
export interface ReconciledRun {
  run_id: string;
  workflow_id: string;
  status: string;
  /** ISO 8601; for a run without an end, when it was created. */
  ended_at: string;
  verdict: Verdict;
  applied?: Applied;
}

/** The result of a reconcile. Field names are part of `--json`. */
export interface Reconciled {
  since: string;
  until: string;
  /** Whether it continued an interrupted one. */
  resumed: boolean;
  /** Where the earlier one would have ended; what ended later was compared as well. */
  extended_from?: string;
  /** Stopped by its signal: the result is incomplete. */
  interrupted: boolean;
  compared: number;
  counts: Partial<Record<Verdict, number>>;
  /** All runs whose event is not known. */
  runs: ReconciledRun[];
}
