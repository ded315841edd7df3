import {
  completionKey,
  endedAtCompletion,
  isVerificationRun,
  type Key,
  type LineageItem,
  lineageKey,
  nameOf,
  ownCompletion,
} from '../../lambda/core/model/index.ts';
import { isTerminal } from '../../lambda/cyberdesk/run-status.ts';
import { parseTime } from '../../lambda/cyberdesk/time.ts';
import type { RunResponse } from '../../lambda/cyberdesk/types.ts';
import { openIds } from '../events/list.ts';
import { readCompletions } from '../events/run-items.ts';
import { type ListedEvent, readEvents } from '../events/store.ts';
import { RECONCILED_PREFIX } from '../events/summary.ts';
import { inOrder } from '../stage/in-order.ts';
import type { Stage } from '../stage/stage.ts';
import { readBatch, readItem } from '../stage/table.ts';

/** Most endings that are judged at once: as many as the SDK has connections. */
const AT_ONCE = 50;

/** One ending of one run, as Cyberdesk reports it. */
export interface Ending {
  run_id: string;
  workflow_id: string;
  status: string;
  /** Epoch milliseconds. */
  endedAt: number;
}

/** Event id for an ending: the same in every reconcile, so that a second one finds the event of the first. */
export const reconciledId = ({ run_id, endedAt }: Ending): string =>
  `${RECONCILED_PREFIX}${run_id}:${endedAt}`;

/** Unfinished events about the ends of runs, by run: they may not have claimed their completions yet. */
export async function openEventsByRun(stage: Stage): Promise<Map<string, ListedEvent[]>> {
  const events = await readEvents(stage, await openIds(stage));
  // An event of another type may name a run too, and says nothing about its end.
  const ends = [...events.values()].filter(
    ({ type, state }) => type === 'run_complete' && state === 'received',
  );
  return Map.groupBy(ends, ({ run_id = '' }) => run_id);
}

const keyOf = ({ run_id, endedAt }: Ending): Key => completionKey(run_id, endedAtCompletion(endedAt));

/** Those of the endings whose completion has an item: a worker has begun an event for them. */
async function claimedEndings(stage: Stage, endings: readonly Ending[]): Promise<Set<Ending>> {
  // BatchGetItem refuses a key that is given twice.
  const keys = new Map(endings.map((ending) => [nameOf(keyOf(ending)), keyOf(ending)]));
  const found = await readBatch<Key>(stage, [...keys.values()], ['pk', 'sk']);
  const names = new Set(found.map(nameOf));
  return new Set(endings.filter((ending) => names.has(nameOf(keyOf(ending)))));
}

/** Is there an event of this run whose end is unknown? It may stand for this ending, or for an earlier one. */
async function hasEventWithoutEnd(stage: Stage, ending: Ending): Promise<boolean> {
  const completions = await readCompletions(stage, ending.run_id);
  const owners = completions.filter(({ sk, owner }) => sk === ownCompletion(owner)).map(({ owner }) => owner);
  const events = await readEvents(stage, owners);
  // What one that has expired was about, no one can say any more.
  if (events.size < new Set(owners).size) return true;
  return [...events.values()].some(({ status }) => status === ending.status);
}

export type Verdict =
  | 'known' // It has an event, finished or not.
  | 'waiting' // An earlier reconcile has stored its event, which no worker has begun; its message may be lost.
  | 'missing' // It has no event.
  | 'recent' // It ended a moment ago: its webhook may be on its way.
  | 'webhooks_off' // Its workflow sends no webhooks, so none is missing.
  | 'unclear'; // Its event does not show which ending it stands for; someone has to decide.

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
  open: Map<string, ListedEvent[]>;
  sendsWebhooks: (workflowId: string) => Promise<boolean>;
  bounds: Bounds;
}

/** Compares terminal runs with the events of the stage, by completion. Runs outside the bounds are left out. */
export async function* judge(deps: JudgeDeps, runs: readonly RunResponse[]): AsyncGenerator<Judged> {
  const { bounds } = deps;
  const endings: Ending[] = [];
  for (const run of runs) {
    if (!isTerminal(run.status)) continue;
    const endedAt = parseTime(run.ended_at);
    const base = { run_id: run.id, workflow_id: run.workflow_id, status: run.status };
    if (endedAt === undefined) {
      // Without an end no key says that a webhook and a reconciled event are the same: both would act.
      const createdAt = parseTime(run.created_at) ?? 0;
      if (createdAt >= bounds.since) yield { ...base, endedAt: createdAt, verdict: 'unclear' };
    } else if (isWithin(bounds, endedAt)) endings.push({ ...base, endedAt });
  }
  yield* judgeEndings(deps, endings);
}

const isWithin = ({ since, until, comparedTo = Number.NEGATIVE_INFINITY }: Bounds, at: number): boolean =>
  at >= since && at <= until && at > comparedTo;

/** The same for endings that are within the bounds. */
export async function* judgeEndings(deps: JudgeDeps, endings: readonly Ending[]): AsyncGenerator<Judged> {
  const claimed = await claimedEndings(deps.stage, endings);
  // Each unclaimed one takes two reads, which must not add up to more than the time that its import may take.
  yield* inOrder(endings, AT_ONCE, async (ending): Promise<Judged> => {
    const verdict = claimed.has(ending) ? 'known' : await judgeUnclaimed(deps, ending);
    return { ...ending, verdict };
  });
}

async function judgeUnclaimed({ stage, open, sendsWebhooks, bounds }: JudgeDeps, ending: Ending) {
  const isSame = ({ ended_at, status }: ListedEvent) =>
    ended_at === undefined ? status === ending.status : ended_at === ending.endedAt;
  const unfinished = open.get(ending.run_id) ?? [];
  // It is not redelivered, unlike a webhook whose delivery failed between table and queue.
  if (unfinished.some(({ event_id }) => event_id === reconciledId(ending))) return 'waiting';
  if (unfinished.some(isSame)) return 'known';
  if (ending.endedAt > bounds.settled) return 'recent';
  // Its event was ignored on arrival, so no completion names it.
  if (isVerificationRun(await readItem<LineageItem>(stage, lineageKey(ending.run_id)))) return 'known';
  if (await hasEventWithoutEnd(stage, ending)) return 'unclear';
  return (await sendsWebhooks(ending.workflow_id)) ? 'missing' : 'webhooks_off';
}
