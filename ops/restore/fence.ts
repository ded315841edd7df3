import { nodeSystem } from '../../lambda/adapters/system.ts';
import { DAY, FENCE_KEY, type FenceItem, ITEM_VERSION, ttlAfter } from '../../lambda/core/model/index.ts';
import { known, update } from '../../lambda/core/store/index.ts';
import type { AuditedStage } from '../stage/audited-stage.ts';
import { readItem, tableOf } from '../stage/table.ts';

/** What a restore forgets. */
interface Forgotten {
  /** The table that is copied from, which may have been restored itself. */
  source: string;
  /** Epoch milliseconds. */
  point: number;
}

/**
 * From now on, what may have been done since the point waits for a person. Kept as long as completions are: what is
 * older than that is not acted on again. The source has forgotten what an earlier restore of it had, and the stage's own
 * fence may be lost with its table: so both are part of this one.
 */
export async function raiseFence(stage: AuditedStage, { source, point }: Forgotten): Promise<FenceItem> {
  const store = { table: tableOf(stage), system: nodeSystem };
  const held = known(await readItem<FenceItem>(tableNamed(stage, source), FENCE_KEY), ITEM_VERSION);
  const now = nodeSystem.now();
  const from = Math.min(held?.from ?? point, point);
  const until = Math.max(held?.until ?? now, now);
  const change = (found: FenceItem | undefined) => ({
    ...known(found, ITEM_VERSION),
    ...FENCE_KEY,
    v: ITEM_VERSION,
    // An earlier restore may have forgotten more.
    from: Math.min(found?.from ?? from, from),
    until: Math.max(found?.until ?? until, until),
    ttl: ttlAfter(until, stage.outputs.completionRetentionDays * DAY),
  });
  const raised = await update<FenceItem>(store, await readItem<FenceItem>(stage, FENCE_KEY), change);
  // It always has something to write.
  return raised as FenceItem;
}

const tableNamed = (stage: AuditedStage, tableName: string): AuditedStage => ({
  ...stage,
  outputs: { ...stage.outputs, tableName },
});
