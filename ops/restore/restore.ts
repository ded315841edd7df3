import { nodeSystem } from '../../lambda/adapters/system.ts';
import { isoTime } from '../cli/time.ts';
import type { AuditedStage } from '../stage/audited-stage.ts';
import { type Copied, copyBack, type KeptErased, type Overwrites } from './copy-back.ts';
import { raiseFence } from './fence.ts';
import { checkPoint, restoreToPoint } from './point-in-time.ts';
import type { OverwritesErased } from './record.ts';
import { checkSource, type Waiting } from './tables.ts';

/** What was copied into the table of a stage. Field names are part of `--json`. */
export interface Restored extends Copied {
  kind: 'copied';
  table: string;
  /** The table that was copied from. */
  source: string;
  /** What was done from this point on may be on no record, ISO 8601. */
  point: string;
  /** And until then; absent if it was interrupted before it had written anything. */
  until?: string;
  erased: KeptErased[];
}

export interface RestoreOptions extends Waiting {
  /** Epoch milliseconds. */
  point: number;
  /** A table that exists; by default one that is restored from the stage's own. */
  from: string | undefined;
  overwrites: Overwrites;
  overwritesErased: OverwritesErased;
  signal: AbortSignal;
}

/**
 * Copies a table of an earlier time into that of the stage. The fence stands before the first item is back, so that no
 * worker acts on it; and it is raised again after the last one, as an item that is written over may have held what was done
 * meanwhile. After an interruption nothing is written but that, and the same call goes on.
 *
 * @throws RestoreRefusedError
 */
export async function restoreTable(stage: AuditedStage, options: RestoreOptions): Promise<Restored> {
  const { point, from, overwrites, overwritesErased, signal, onProgress } = options;
  if (from === undefined) await checkPoint(stage, point);
  const source = from ?? (await restoreToPoint(stage, point, options));
  const about = { kind: 'copied', table: stage.outputs.tableName, source } as const;
  if (signal.aborted) return { ...about, point: isoTime(point), copied: 0, kept: 0, expired: 0, erased: [] };
  await checkSource(stage, source);
  const first = await raiseFence(stage, { source, point });
  const copied = await copyBack(stage, {
    ...{ source, overwrites, overwritesErased, signal, now: nodeSystem.now() },
    onItem: (count) => onProgress(`${count} items`),
  });
  const isUntouched = signal.aborted && copied.copied === 0;
  const fence = isUntouched ? first : await raiseFence(stage, { source, point });
  return { ...about, point: isoTime(fence.from), until: isoTime(fence.until), ...copied };
}
