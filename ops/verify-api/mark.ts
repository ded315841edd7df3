import { nodeSystem } from '../../lambda/adapters/system.ts';
import {
  DAY,
  ITEM_VERSION,
  type LineageItem,
  lineageKey,
  ttlAfter,
  VERIFICATION_LINEAGE,
} from '../../lambda/core/model/index.ts';
import { update } from '../../lambda/core/store/index.ts';
import type { AuditedStage } from '../stage/audited-stage.ts';
import { tableOf } from '../stage/table.ts';

/**
 * Marks a run in the stage's table, so that the rules are not asked about its end and no lookup adopts it.
 *
 * @returns False if an action of the stage has adopted it already.
 */
export async function markRun(stage: AuditedStage, runId: string, now: number): Promise<boolean> {
  let isFree = true;
  await update<LineageItem>({ table: tableOf(stage), system: nodeSystem }, undefined, (found) => {
    isFree = found?.action === undefined;
    const ttl = ttlAfter(now, stage.outputs.completionRetentionDays * DAY);
    return isFree
      ? { ...found, ...VERIFICATION_LINEAGE, ...lineageKey(runId), v: ITEM_VERSION, ttl }
      : undefined;
  });
  return isFree;
}
