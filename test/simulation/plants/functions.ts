import type { CompletionItem, Cyberdesk, Item } from '../../../lambda/core/model/index.ts';
import { SECOND } from '../../../lambda/core/model/time.ts';
import { ASSUMED } from '../model/cyberdesk.ts';
import { isCompletion } from '../model/items.ts';
import type { PortsOfOne, WorldParts } from '../world-parts.ts';
import type { KnownMistake } from './plant.ts';

/** Mistakes of the functions, and of the processor where it meets the world. */
export const FUNCTION_PLANTS: Record<string, KnownMistake> = {
  'counts the wait for a complete list from the first attempt': {
    broken: /took effect \d times/,
    rules: ['start', 'several'],
    isFair: true,
    plant: {
      // Long enough for a worker that waits as it should.
      assumed: { keyLife: 56 * SECOND, listedWithin: ASSUMED, listsLate: true },
      outage: { service: 'api', how: 'hang', share: 0.5 },
      ports: (ports) => ({
        ...ports,
        table: {
          ...ports.table,
          get: async (key) => {
            const found = await ports.table.get(key);
            return found && isCompletion(found) ? asIfTriedOnce(found) : found;
          },
        },
      }),
    },
  },

  'has no time limits for calls to AWS': {
    broken: /still holds run#/,
    rules: ['announce'],
    isFair: true,
    plant: { isPatient: true, outage: { service: 'topics', how: 'hang', share: 1 } },
  },

  'announces before it has claimed': {
    broken: /announced before anyone had claimed it/,
    rules: ['announce'],
    plant: { ports: (ports) => ({ ...ports, table: lazy(ports) }) },
  },

  'leaves a failed message to the timeout of the queue': {
    broken: /waits for nothing but/,
    rules: ['start', 'announce'],
    plant: { hide: () => async () => {} },
  },

  'leaves itself no time to record what it did': {
    broken: /ran into its timeout/,
    rules: ['several', 'secret'],
    calm: true,
    plant: { functionTimeout: 80 * SECOND },
  },

  'takes whatever stands in front of the API for the API itself': {
    broken: /a dead letter \(refused\)/,
    rules: ['start'],
    calm: true,
    plant: {
      ports: (ports) => ({
        ...ports,
        cyberdesk: {
          ...ports.cyberdesk,
          createRun: async (...args) => {
            const outcome = await ports.cyberdesk.createRun(...args);
            const { status = 0 } = outcome.kind === 'failed' ? outcome : {};
            const isTaken = status >= 300 && status < 500 && status !== 429 && status !== 401;
            return isTaken
              ? { kind: 'failed', mayHaveTakenEffect: false, status: 400, isJson: true }
              : outcome;
          },
        },
      }),
    },
  },

  'takes any equal run although its action has a key': {
    broken: /whose key it does not hold/,
    rules: ['correlated'],
    plant: {
      ports: (ports, world, eventId) => ({
        ...ports,
        cyberdesk: withKeyInAll(ports.cyberdesk, () => openKey(world, eventId)),
      }),
    },
  },
};

const asIfTriedOnce = (item: CompletionItem): CompletionItem => ({
  ...item,
  ...(item.actions && {
    actions: item.actions.map(({ begun, ...action }) => ({
      ...action,
      ...(begun && { begun: { first: begun.first, last: begun.first } }),
    })),
  }),
});

/** Keeps a first claim in memory until the next write. */
function lazy({ table }: PortsOfOne): PortsOfOne['table'] {
  let kept: Item | undefined;
  return {
    get: (key) => table.get(key),
    put: async (item, expected) => {
      if (!isCompletion(item)) return table.put(item, expected);
      if (expected === 'absent' && item.lease) {
        kept = item;
        return { kind: 'written' };
      }
      const isNext = expected !== 'absent' && expected.tag === kept?.tag;
      return table.put(item, isNext ? 'absent' : expected);
    },
  };
}

/** Key of the action that an event waits for. */
function openKey(world: WorldParts, eventId: string): string | undefined {
  const runId = world.table.event(eventId)?.run_id;
  return [...world.table.items.values()]
    .filter((item) => isCompletion(item) && item.pk === `run#${runId}`)
    .flatMap((item) => (isCompletion(item) ? (item.actions ?? []) : []))
    .find(({ begun, result }) => begun && !result)?.key;
}

/** Shows the key of the action that asks in each run. */
const withKeyInAll = (cyberdesk: Cyberdesk, keyNow: () => string | undefined): Cyberdesk => ({
  ...cyberdesk,
  findRuns: async (...args) => {
    const found = await cyberdesk.findRuns(...args);
    if (found.kind === 'failed') return found;
    const started_by = keyNow();
    const runs = found.value.runs.map((run) => ({ ...run, input_values: { started_by } }));
    return { ...found, value: { ...found.value, runs } };
  },
});
