import type { CompletionItem } from '../../../lambda/core/model/index.ts';
import { isCompletion } from '../model/items.ts';
import type { KnownMistake } from './plant.ts';

/** As it was when the event failed, before a worker took it up again. */
const asItWas = ({ lease: _lease, ...rest }: CompletionItem, failure: number): CompletionItem => ({
  ...rest,
  round: failure - 1,
});

/** Mistakes in recording what a person decides. */
export const SETTLEMENT_PLANTS: Record<string, KnownMistake> = {
  'settles an action while a worker has it': {
    broken: /settled while a worker has it/,
    rules: ['bare'],
    plant: {
      settler: (ports, _, { failure }) => ({
        ...ports,
        table: {
          ...ports.table,
          get: async (key) => {
            const found = await ports.table.get(key);
            return found && isCompletion(found) ? asItWas(found, failure) : found;
          },
        },
      }),
    },
  },

  'settles an action without a compare-and-swap': {
    broken: /overwrites what a worker has recorded|settled while a worker has it/,
    rules: ['bare'],
    plant: {
      settler: (ports, world) => ({
        ...ports,
        table: {
          ...ports.table,
          put: async (item, expected) => {
            const found = world.table.get(item);
            return ports.table.put(item, found && expected !== 'absent' ? { tag: found.tag } : expected);
          },
        },
      }),
    },
  },

  'reopens an event before the decision about it is recorded': {
    broken: /reopened before what was decided/,
    rules: ['bare'],
    plant: {
      settler: (ports, _, { event_id: event, failure: reopen }) => ({
        ...ports,
        table: {
          ...ports.table,
          put: async (item, expected) => {
            if (isCompletion(item)) await ports.queue.send({ v: 1, event, reopen });
            return ports.table.put(item, expected);
          },
        },
      }),
    },
  },

  'takes a run that has led to the event for one that the event has started': {
    broken: /to which it has led itself/,
    rules: ['loop'],
    plant: {
      // A list that shows no inputs leaves much to people; where no start is on record, a loop has no end (a known gap).
      manners: { echo: 'not at all', ids: 'all' },
      settler: (ports) => ({
        ...ports,
        table: {
          ...ports.table,
          get: async (key) => (key.sk === 'lineage' ? undefined : ports.table.get(key)),
        },
        cyberdesk: {
          ...ports.cyberdesk,
          getRun: async (...asked) => {
            const got = await ports.cyberdesk.getRun(...asked);
            return got.kind === 'answered' ? { ...got, value: { ...got.value, created_at: '' } } : got;
          },
        },
      }),
    },
  },
};
