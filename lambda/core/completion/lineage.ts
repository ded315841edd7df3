import {
  type ActionRecord,
  ITEM_VERSION,
  type Key,
  type LineageItem,
  lineageBeside,
  lineageKey,
  nameOf,
  ttlAfter,
} from '../model/index.ts';
import { known, type Store, update } from '../store/index.ts';
import type { ActionClaim } from './action-claim.ts';
import type { CompletionDraft } from './transitions.ts';
import type { WorkerSettings } from './worker.ts';

type Keeper = Store & { settings: Pick<WorkerSettings, 'completionRetention'> };

/** An action that has started runs: a worker says so, or a person who settles it. */
export interface Starter {
  worker: Keeper;
  claim: { completion: CompletionDraft };
  record: Pick<ActionRecord, 'key'>;
  /** Under which it may have started runs, its own among them. */
  keys: readonly string[];
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
  return action.keys.includes(owner);
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
