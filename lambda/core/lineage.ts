import type { Hold } from './hold.ts';
import { ITEM_VERSION, type LineageItem, lineageKey } from './items.ts';
import { known, LostRaceError, save } from './save.ts';
import type { Worker } from './worker.ts';

/**
 * Writes down which action a run belongs to. The conditional put is the adoption: a run belongs to the action
 * whose put came first. False when that is another one.
 *
 * @param adopted The run was found by a look-up, and not named by the answer to our own call.
 */
export async function recordStart(
  worker: Worker,
  { draft }: Hold,
  runId: string,
  action: string,
  adopted: boolean,
): Promise<boolean> {
  const start = { action, parent: `${draft.pk} ${draft.sk}`, depth: draft.depth + 1 };
  const written = await changeLineage(worker, runId, (found) =>
    found?.action === undefined ? { retried: [], ...found, ...start, ...(adopted && { adopted }) } : found,
  );
  return written.action === action;
}

/** Writes down that a completion of this run was retried in place. */
export async function recordRetry(worker: Worker, { draft }: Hold, runId: string): Promise<void> {
  const { sk, depth } = draft;
  await changeLineage(worker, runId, (found) => {
    const retried = found?.retried ?? [];
    return retried.includes(sk) ? (found as LineageItem) : { depth, ...found, retried: [...retried, sk] };
  });
}

type LineageDraft = Pick<LineageItem, 'depth' | 'retried'> & Partial<LineageItem>;

async function changeLineage(
  { table, chance, settings }: Worker,
  runId: string,
  change: (found: LineageItem | undefined) => LineageDraft,
): Promise<LineageItem> {
  let found: LineageItem | undefined;
  for (;;) {
    const next = change(found);
    if (found && next === found) return found;
    const ttl = Math.floor((chance.now() + settings.completionRetention) / 1000);
    const item = { ...next, ...lineageKey(runId), v: ITEM_VERSION, ttl };
    try {
      return await save<LineageItem>(table, item, found ? { tag: found.tag } : 'absent', chance.token());
    } catch (error) {
      if (!(error instanceof LostRaceError)) throw error;
      found = known<LineageItem>(error.found);
    }
  }
}
