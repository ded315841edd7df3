import {
  type CompletionItem,
  EVENT_VERSION,
  type EventItem,
  eventKey,
  FENCE_KEY,
  type FenceItem,
  ITEM_VERSION,
  type Item,
  type Key,
  type LineageItem,
  PAUSE_KEY,
  type PauseItem,
  PLAN_BODIES_VERSION,
  type Table,
} from '../model/index.ts';
import { known } from './compare-and-swap.ts';

/** Reads an item of any version. What kind of item a key holds is known by its form. */
export const peek = async <T extends Item>(table: Pick<Table, 'get'>, key: Key): Promise<T | undefined> =>
  (await table.get(key)) as T | undefined;

/**
 * Reads items that this release understands.
 *
 * @throws LaterReleaseError
 */
const load = async <T extends Item>(table: Table, key: Key, latest = ITEM_VERSION): Promise<T | undefined> =>
  known(await peek<T>(table, key), latest);

export const loadEvent = (table: Table, eventId: string) =>
  load<EventItem>(table, eventKey(eventId), EVENT_VERSION);
export const loadCompletion = (table: Table, key: Key) =>
  load<CompletionItem>(table, key, PLAN_BODIES_VERSION);
export const loadLineage = (table: Table, key: Key) => load<LineageItem>(table, key);
export const loadFence = (table: Table) => load<FenceItem>(table, FENCE_KEY);
export const loadPause = (table: Table) => load<PauseItem>(table, PAUSE_KEY);
