import { nodeSystem } from '../../lambda/adapters/system.ts';
import { DAY, FENCE_KEY, type FenceItem, ITEM_VERSION, ttlAfter } from '../../lambda/core/model/index.ts';
import { known, update } from '../../lambda/core/store/index.ts';
import type { AuditedStage } from '../stage/audited-stage.ts';
import { readItem, tableOf } from '../stage/table.ts';

/**
 * From now on, what may have been done since the point waits for a person. Kept as long as completions are: what is
 * older than that is not acted on again.
 *
 * @param point Epoch milliseconds.
 */
export async function raiseFence(stage: AuditedStage, point: number): Promise<FenceItem> {
  const store = { table: tableOf(stage), system: nodeSystem };
  const until = nodeSystem.now();
  const change = (found: FenceItem | undefined) => ({
    ...known(found, ITEM_VERSION),
    ...FENCE_KEY,
    v: ITEM_VERSION,
    // An earlier restore may have forgotten more.
    from: Math.min(found?.from ?? point, point),
    until: Math.max(found?.until ?? until, until),
    ttl: ttlAfter(until, stage.outputs.completionRetentionDays * DAY),
  });
  const raised = await update<FenceItem>(store, await readItem<FenceItem>(stage, FENCE_KEY), change);
  // It always has something to write.
  return raised as FenceItem;
}
