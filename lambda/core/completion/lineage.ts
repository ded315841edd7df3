import {
  type ActionRecord,
  ITEM_VERSION,
  type Key,
  keyNamed,
  type LineageItem,
  lineageBeside,
  lineageKey,
  nameOf,
  ttlAfter,
} from '../model/index.ts';
import { known, loadLineage, type Store, update } from '../store/index.ts';
import type { ActionClaim } from './action-claim.ts';
import type { CompletionDraft } from './transitions.ts';
import type { Worker, WorkerSettings } from './worker.ts';

/**
 * How many follow-ups lead to a run, counted up its lineage.
 *
 * A run's own lineage may say too little: it was written by a completion whose own start was not known yet, because
 * the response was lost, so it started from zero. The walk sees that start once it is found. So one lost response allows
 * only the follow-ups that finish before it is found, and does not start the count over.
 *
 * @param enough The depth at which the guard stops follow-ups; how much deeper a run is does not matter.
 */
export async function depthOf(
  { table }: Worker,
  lineage: LineageItem | undefined,
  enough: number,
): Promise<number> {
  let depth = lineage?.depth ?? 0;
  let above = lineage;
  // Each lap adds one, so this ends. An expired lineage counts by what was written below it.
  for (let laps = 1; above?.parent !== undefined && depth < enough; laps += 1) {
    above = await loadLineage(table, lineageBeside(keyNamed(above.parent)));
    depth = Math.max(depth, laps + (above?.depth ?? 0));
  }
  return depth;
}

type Keeper = Store & { settings: Pick<WorkerSettings, 'completionRetention'> };

/** An action that has started runs: a worker says so, or a person who settles it. */
export interface Starter {
  worker: Keeper;
  claim: { completion: CompletionDraft };
  record: Pick<ActionRecord, 'key'>;
}

/**
 * Records which action a run belongs to. The conditional put is the adoption: a run belongs to the action whose put
 * came first. False if that is another one.
 *
 * @param adopted The run was found by a lookup, not named by the answer to our own call.
 */
export async function recordStart(action: Starter, runId: string, adopted: boolean): Promise<boolean> {
  const { completion } = action.claim;
  const { key } = action.record;
  const start = { action: key, parent: nameOf(completion), depth: completion.depth + 1 };
  let owner = key;
  await changeLineage(action.worker, lineageKey(runId), (found) => {
    owner = found?.action ?? key;
    if (found?.action !== undefined) return undefined;
    return { retried: [], ...found, ...start, ...(adopted && { adopted }) };
  });
  return owner === key;
}

/** Records that a completion of this run is about to be retried in place. */
export async function recordRetry({ claim, worker }: ActionClaim): Promise<void> {
  const { sk, depth } = claim.completion;
  await changeLineage(worker, lineageBeside(claim.completion), (found) => {
    const retried = found?.retried ?? [];
    return retried.includes(sk) ? undefined : { depth, ...found, retried: [...retried, sk] };
  });
}

type LineageChange = (
  found: LineageItem | undefined,
) => (Pick<LineageItem, 'depth' | 'retried'> & Partial<LineageItem>) | undefined;

async function changeLineage(worker: Keeper, key: Key, change: LineageChange): Promise<void> {
  await update<LineageItem>(worker, undefined, (found) => {
    const next = change(known(found, ITEM_VERSION));
    const ttl = ttlAfter(worker.system.now(), worker.settings.completionRetention);
    return next && { ...next, ...key, v: ITEM_VERSION, ttl };
  });
}
