import {
  type CompletionItem,
  FENCE_KEY,
  type FenceItem,
  type Item,
  type Key,
} from '../../../lambda/core/model/index.ts';
import { isCompletion } from '../model/items.ts';
import type { PortsOfOne } from '../world-parts.ts';
import type { KnownMistake } from './plant.ts';

const isFence = (item: Key): item is FenceItem => item.pk === FENCE_KEY.pk;

const reading = (ports: PortsOfOne, read: (item: Item) => Item | undefined): PortsOfOne => ({
  ...ports,
  table: {
    ...ports.table,
    get: async (key) => {
      const found = await ports.table.get(key);
      return found && read(found);
    },
  },
});

/** The times between which an action that is held back may have begun. */
const withoutWindow = (completion: CompletionItem): CompletionItem => ({
  ...completion,
  actions: (completion.actions ?? []).map(({ begun, ...rest }) =>
    begun && rest.failure?.reason !== 'restored' ? { ...rest, begun } : rest,
  ),
});

const SHOWS = { broken: /took effect \d+ times/, rules: ['start'], restores: true } as const;

/** Mistakes that show after a restore of the table. */
export const RESTORE_PLANTS: Record<string, KnownMistake> = {
  'does not know that the table was restored': {
    ...SHOWS,
    plant: { ports: (ports) => reading(ports, (item) => (isFence(item) ? undefined : item)) },
  },

  'judges by when an event came whether it comes again after a restore': {
    ...SHOWS,
    plant: {
      ports: (ports, world, eventId) =>
        reading(ports, (item) => {
          const received = Date.parse(world.table.event(eventId)?.received_at ?? '');
          return isFence(item) && received > item.until ? undefined : item;
        }),
    },
  },

  'sends after a restore without looking up': {
    ...SHOWS,
    plant: {
      ports: (ports) => reading(ports, (item) => (isCompletion(item) ? withoutWindow(item) : item)),
    },
  },
};
