import type { Item } from '../../../lambda/core/model/index.ts';
import { HOUR, SECOND } from '../../../lambda/core/model/time.ts';
import { isCompletion } from '../model/items.ts';
import type { Plant } from '../world-parts.ts';
import type { KnownMistake } from './plant.ts';

/** Changes every completion before it is written. */
const writing =
  (change: (completion: Item) => Item): NonNullable<Plant['ports']> =>
  (ports) => ({
    ...ports,
    table: {
      ...ports.table,
      put: (item, expected) => ports.table.put(isCompletion(item) ? change(item) : item, expected),
    },
  });

/** Mistakes that cost without end, or meet a limit of AWS. */
export const BOUNDS_PLANTS: Record<string, KnownMistake> = {
  'looks after its messages every second': {
    broken: /was received \d+ times|SQS moved/,
    rules: ['start'],
    plant: { hide: (ports) => (handle, _, signal) => ports.hide(handle, SECOND, signal) },
  },

  'hides a message for longer than SQS allows': {
    broken: /a visibility timeout of/,
    rules: ['start', 'announce'],
    plant: { hide: (_, world) => async (handle) => world.hide(handle, 13 * HOUR) },
  },

  'writes everything twice': {
    broken: /\d+ writes for/,
    rules: ['start', 'several'],
    plant: {
      ports: (ports) => ({
        ...ports,
        table: {
          ...ports.table,
          put: async (item, expected) => {
            const outcome = await ports.table.put(item, expected);
            return outcome.kind === 'written' ? ports.table.put(item, { tag: item.tag }) : outcome;
          },
        },
      }),
    },
  },

  'gives what is unfinished an expiry': {
    broken: /was written with an expiry/,
    rules: ['start'],
    plant: {
      ports: writing((completion) => ({ ...completion, ttl: 9_999_999_999 })),
    },
  },

  'stores items that are too large': {
    broken: /an item of \d+ bytes/,
    rules: ['start'],
    plant: {
      ports: writing((completion) => ({ ...completion, more: 'x'.repeat(410_000) })),
    },
  },

  'sends messages again into a full queue': {
    broken: /added to a queue of/,
    rules: ['start'],
    plant: {
      ballast: 120_000,
      brokenFor: 3 * HOUR,
      sweeper: (ports) => ({
        ...ports,
        queue: { ...ports.queue, backlog: async () => 0 * (await ports.queue.backlog()) },
      }),
    },
  },
};
