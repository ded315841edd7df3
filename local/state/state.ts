import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Kept } from './kept.ts';

/** What outlives a run. */
export interface State {
  readonly kept: Kept;
  /** Folder of the tables. */
  readonly tables: string;
}

/**
 * Opens a folder that only its owner can read, for this process alone.
 * @param folder absolute path; created if it is missing
 * @param isFresh discards what is in it
 * @throws StateInUseError when another process has it
 */
export function openState(folder: string, isFresh: boolean): State {
  const tables = join(folder, 'tables');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // It may have been there before.
  chmodSync(folder, 0o700);
  const kept = new Kept(join(folder, 'kept.db'));
  if (isFresh) {
    kept.clear();
    rmSync(tables, { recursive: true, force: true });
  }
  return { kept, tables };
}
