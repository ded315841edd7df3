import { ITEM_VERSION, type LineageItem, lineageKey, nameOf, parentOf } from '../model/index.ts';
import { known, LostRaceError, load, save } from '../store/index.ts';
import type { Hold } from './claim.ts';
import type { Worker } from './worker.ts';

/**
 * How many follow-ups lead to a run, counted up its lineage.
 *
 * What its own lineage says may be too little: it was written by a completion whose own start was not known yet, as
 * the answer was lost, so that it counted from nought. Once that start is found, the walk sees it. So a lost answer
 * costs the laps that end before it is found, and not a whole new count.
 *
 * @param enough Where the guard stops follow-ups; nobody needs to know how far beyond it a run is.
 */
export async function depthOf(
  { table }: Worker,
  lineage: LineageItem | undefined,
  enough: number,
): Promise<number> {
  let depth = lineage?.depth ?? 0;
  let above = lineage;
  // Each lap adds one, so this ends. What has expired above counts by what was written below it.
  for (let laps = 1; above?.parent !== undefined && depth < enough; laps += 1) {
    above = await load<LineageItem>(table, lineageKey(parentOf(above.parent).runId));
    depth = Math.max(depth, laps + (above?.depth ?? 0));
  }
  return depth;
}

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
  const start = { action, parent: nameOf(draft), depth: draft.depth + 1 };
  const written = await changeLineage(worker, runId, (found) =>
    found?.action === undefined ? { retried: [], ...found, ...start, ...(adopted && { adopted }) } : found,
  );
  return written.action === action;
}

/** Writes down that a completion of this run is about to be retried in place. */
export async function recordRetry(worker: Worker, { draft }: Hold, runId: string): Promise<void> {
  const { sk, depth } = draft;
  await changeLineage(worker, runId, (found) => {
    const retried = found?.retried ?? [];
    return retried.includes(sk) ? (found as LineageItem) : { depth, ...found, retried: [...retried, sk] };
  });
}

type LineageDraft = Pick<LineageItem, 'depth' | 'retried'> & Partial<LineageItem>;

async function changeLineage(
  { table, system, settings }: Worker,
  runId: string,
  change: (found: LineageItem | undefined) => LineageDraft,
): Promise<LineageItem> {
  let found: LineageItem | undefined;
  for (;;) {
    const next = change(found);
    if (found && next === found) return found;
    const ttl = Math.floor((system.now() + settings.completionRetention) / 1000);
    const item = { ...next, ...lineageKey(runId), v: ITEM_VERSION, ttl };
    try {
      return await save<LineageItem>(table, item, found ? { tag: found.tag } : 'absent', system.token());
    } catch (error) {
      if (!(error instanceof LostRaceError)) throw error;
      found = known<LineageItem>(error.found);
    }
  }
}
