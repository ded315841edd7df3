import { ITEM_VERSION, type OpenEntry, SWEEP_KEY, type SweepItem } from '../model/index.ts';
import { type Store, trySave } from '../store/index.ts';

/** Shard → the last entry that was dealt with. */
export type Cursors = ReadonlyMap<number, OpenEntry>;

/** Where the last sweep stopped; of what a later release has written nothing is understood. */
export const cursorsOf = (found: SweepItem | undefined): Cursors =>
  new Map(
    found === undefined || found.v > ITEM_VERSION
      ? []
      : Object.entries(found.cursors).map(([shard, entry]) => [Number(shard), entry]),
  );

/** Notes where this sweep has stopped, unless it is where the last one did. */
export async function saveCursors(
  store: Store,
  found: SweepItem | undefined,
  stopped: Cursors,
): Promise<void> {
  const cursors = Object.fromEntries(stopped);
  const isSame = JSON.stringify(cursors) === JSON.stringify(Object.fromEntries(cursorsOf(found)));
  if (isSame || (found && found.v > ITEM_VERSION)) return;
  // Of two sweeps at once one loses its write: either place is good enough to begin at.
  const next = { ...SWEEP_KEY, v: ITEM_VERSION, cursors };
  await trySave<SweepItem>(store, next, found ? { tag: found.tag } : 'absent');
}
