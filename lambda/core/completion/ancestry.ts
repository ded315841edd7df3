import {
  type Key,
  keyNamed,
  type LineageItem,
  lineageBeside,
  lineageKey,
  type Table,
} from '../model/index.ts';
import { loadLineage } from '../store/index.ts';
import type { Worker } from './worker.ts';

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

/** Whether one run has led to another, or is that run: started by it, it would close a circle, whose depth has no end. */
export async function hasLedTo(table: Table, runId: string, later: string): Promise<boolean> {
  const sought = lineageKey(runId).pk;
  const seen = new Set<string>();
  let above: Key | undefined = lineageKey(later);
  while (above !== undefined && !seen.has(above.pk)) {
    if (above.pk === sought) return true;
    seen.add(above.pk);
    const parent: string | undefined = (await loadLineage(table, above))?.parent;
    above = parent === undefined ? undefined : lineageBeside(keyNamed(parent));
  }
  return false;
}
