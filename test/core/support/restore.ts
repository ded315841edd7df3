import { FENCE_KEY, type FenceItem, ITEM_VERSION } from '../../../lambda/core/model/index.ts';
import { HOUR, MINUTE } from '../../../lambda/core/model/time.ts';
import { world } from './scenario.ts';
import { START } from './system.ts';

/** Of a restore that has just been made, to a minute before the tests begin. */
const fence = (more: Partial<FenceItem> = {}): FenceItem => ({
  ...FENCE_KEY,
  v: ITEM_VERSION,
  tag: 'tag',
  from: START - MINUTE,
  until: world.system.time,
  ...more,
});

/** What the table holds now. */
export const snapshot = () => new Map(world.model.items);

/** The table is as it was at the point, and some time has passed. */
export function restore(items: typeof world.model.items, from = START - MINUTE): void {
  world.later(HOUR);
  world.model.items.clear();
  for (const item of items.values()) world.model.force(item);
  world.model.force(fence({ from }));
}
