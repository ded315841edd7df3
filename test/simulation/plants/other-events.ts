import { isCompletion } from '../model/items.ts';
import type { KnownMistake } from './plant.ts';

/** Mistakes with events that are not about runs. */
export const OTHER_EVENT_PLANTS: Record<string, KnownMistake> = {
  'ignores an event without a record that others would see': {
    broken: /is ignored, and its completion is not done/,
    rules: ['announce'],
    others: true,
    plant: {
      ports: (ports) => ({
        ...ports,
        table: {
          ...ports.table,
          put: async (item, expected) =>
            isCompletion(item) && item.pk.startsWith('occurrence#') && item.actions?.length === 0
              ? { kind: 'written' }
              : ports.table.put(item, expected),
        },
      }),
    },
  },
};
