import type { EventItem } from '../../lambda/core/model/index.ts';
import { isTerminal } from '../../lambda/cyberdesk/run-status.ts';
import { parseTime } from '../../lambda/cyberdesk/time.ts';
import type { RunResponse } from '../../lambda/cyberdesk/types.ts';
import type { Stage } from '../stage/stage.ts';
import { reconciledId } from './apply.ts';
import { claimedEndings, type Ending, hasEventWithoutEnd } from './known.ts';

export type Verdict =
  /** An event stands for it, finished or not. */
  | 'known'
  /** An earlier reconcile has stored its event, and nobody has begun it: its message may be lost. */
  | 'waiting'
  /** No event stands for it. */
  | 'missing'
  /** Ended a moment ago: its webhook may be on its way. */
  | 'recent'
  /** Its workflow sends no webhooks, so none is missing. */
  | 'webhooks_off'
  /** Nobody can say which ending an event of it stands for; a person decides. */
  | 'unclear';

export interface Judged extends Ending {
  verdict: Verdict;
}

export interface Bounds {
  /** Ended from `since` to `until`, epoch milliseconds. */
  since: number;
  until: number;
  /** What ended up to here has been judged before. */
  comparedTo?: number | undefined;
  /** Later endings are too recent to be missed. */
  settled: number;
}

export interface JudgeParts {
  stage: Stage;
  open: Map<string, EventItem[]>;
  sendsWebhooks: (workflowId: string) => Promise<boolean>;
  bounds: Bounds;
}

/** Compares terminal runs with the events of the stage, by completion. Runs outside the bounds are left out. */
export async function judge(parts: JudgeParts, runs: readonly RunResponse[]): Promise<Judged[]> {
  const { bounds } = parts;
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
  return [...judged, ...(await judgeEndings(parts, endings))];
}

const isWithin = ({ since, until, comparedTo = Number.NEGATIVE_INFINITY }: Bounds, at: number): boolean =>
  at >= since && at <= until && at > comparedTo;

/** The same of endings that are within the bounds. */
export async function judgeEndings(parts: JudgeParts, endings: readonly Ending[]): Promise<Judged[]> {
  const claimed = await claimedEndings(parts.stage, endings);
  const judged: Judged[] = [];
  for (const ending of endings) {
    judged.push({ ...ending, verdict: claimed.has(ending) ? 'known' : await judgeUnclaimed(parts, ending) });
  }
  return judged;
}

async function judgeUnclaimed(
  { stage, open, sendsWebhooks, bounds }: JudgeParts,
  ending: Ending,
): Promise<Verdict> {
  const isSame = ({ ended_at, status }: EventItem) =>
    ended_at === undefined ? status === ending.status : ended_at === ending.endedAt;
  const unfinished = open.get(ending.run_id) ?? [];
  // Nobody delivers it again, as Svix does a webhook that was cut off between table and queue.
  if (unfinished.some(({ event_id }) => event_id === reconciledId(ending))) return 'waiting';
  if (unfinished.some(isSame)) return 'known';
  if (ending.endedAt > bounds.settled) return 'recent';
  if (await hasEventWithoutEnd(stage, ending)) return 'unclear';
  return (await sendsWebhooks(ending.workflow_id)) ? 'missing' : 'webhooks_off';
}
