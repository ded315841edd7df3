import { isTerminal } from '../../lambda/cyberdesk/run-status.ts';
import { parseTime } from '../../lambda/cyberdesk/time.ts';
import type { RunResponse } from '../../lambda/cyberdesk/types.ts';
import type { ListedEvent } from '../events/store.ts';
import type { Stage } from '../stage/stage.ts';
import { claimedEndings, type Ending, hasEventWithoutEnd, reconciledId } from './known.ts';

export type Verdict =
  /** It has an event, finished or not. */
  | 'known'
  /** An earlier reconcile has stored its event, which no worker has begun: its message may be lost. */
  | 'waiting'
  /** It has no event. */
  | 'missing'
  /** It ended a moment ago: its webhook may be on its way. */
  | 'recent'
  /** Its workflow sends no webhooks, so none is missing. */
  | 'webhooks_off'
  /** Its event does not show which ending it stands for; a person has to decide. */
  | 'unclear';

export interface Judged extends Ending {
  verdict: Verdict;
}

export interface Bounds {
  /** Ended from `since` to `until`, epoch milliseconds. */
  since: number;
  until: number;
  /** Runs that ended up to here have been judged before. */
  comparedTo?: number | undefined;
  /** Runs that ended later are too recent to be missing. */
  settled: number;
}

export interface JudgeDeps {
  stage: Stage;
  /** Unfinished events by run. */
  open: Map<string, ListedEvent[]>;
  sendsWebhooks: (workflowId: string) => Promise<boolean>;
  bounds: Bounds;
}

/** Compares terminal runs with the events of the stage, by completion. Runs outside the bounds are left out. */
export async function judge(deps: JudgeDeps, runs: readonly RunResponse[]): Promise<Judged[]> {
  const { bounds } = deps;
  const judged: Judged[] = [];
  const endings: Ending[] = [];
  for (const run of runs) {
    if (!isTerminal(run.status)) continue;
    const endedAt = parseTime(run.ended_at);
    const base = { run_id: run.id, workflow_id: run.workflow_id, status: run.status };
    if (endedAt === undefined) {
      // Without an end no key says that a webhook and a reconciled event are the same: both would act.
      const createdAt = parseTime(run.created_at) ?? 0;
      if (createdAt >= bounds.since) judged.push({ ...base, endedAt: createdAt, verdict: 'unclear' });
    } else if (isWithin(bounds, endedAt)) endings.push({ ...base, endedAt });
  }
  return [...judged, ...(await judgeEndings(deps, endings))];
}

const isWithin = ({ since, until, comparedTo = Number.NEGATIVE_INFINITY }: Bounds, at: number): boolean =>
  at >= since && at <= until && at > comparedTo;

/** The same for endings that are within the bounds. */
export async function judgeEndings(deps: JudgeDeps, endings: readonly Ending[]): Promise<Judged[]> {
  const claimed = await claimedEndings(deps.stage, endings);
  const judged: Judged[] = [];
  for (const ending of endings) {
    judged.push({ ...ending, verdict: claimed.has(ending) ? 'known' : await judgeUnclaimed(deps, ending) });
  }
  return judged;
}

async function judgeUnclaimed(
  { stage, open, sendsWebhooks, bounds }: JudgeDeps,
  ending: Ending,
): Promise<Verdict> {
  const isSame = ({ ended_at, status }: ListedEvent) =>
    ended_at === undefined ? status === ending.status : ended_at === ending.endedAt;
  const unfinished = open.get(ending.run_id) ?? [];
  // It is not redelivered, unlike a webhook whose delivery failed between table and queue.
  if (unfinished.some(({ event_id }) => event_id === reconciledId(ending))) return 'waiting';
  if (unfinished.some(isSame)) return 'known';
  if (ending.endedAt > bounds.settled) return 'recent';
  if (await hasEventWithoutEnd(stage, ending)) return 'unclear';
  return (await sendsWebhooks(ending.workflow_id)) ? 'missing' : 'webhooks_off';
}
