import type {
  CompletionItem,
  Cyberdesk,
  EventItem,
  Item,
  Key,
  RunSnapshot,
  Table,
} from '../../lambda/core/model/index.ts';
import { endedAtCompletion } from '../../lambda/core/model/index.ts';
import { SECOND } from '../../lambda/core/model/time.ts';
import { processMessage } from '../../lambda/core/process/process-message.ts';
import { OWN } from './oracle.ts';
import { PLACEHOLDER } from './schedule.ts';
import { secretOf } from './sender.ts';
import type { Plant } from './world.ts';

const isCompletion = ({ sk }: Key) => sk.startsWith('completion#');

/** Known mistakes. Each must be caught, or the simulation proves nothing. */
/** @property broken What it breaks, for the right reason. */
export const PLANTS: Record<string, { plant: Plant; rules: readonly string[]; broken: RegExp }> = {
  'acknowledges on a live lease': {
    broken: /unfinished and has no message/,
    rules: ['start'],
    plant: {
      async handle(worker, message, world) {
        const { event: id } = JSON.parse(message.body) as { event: string };
        const event = world.table.get({ pk: `event#${id}`, sk: 'event' }) as EventItem | undefined;
        const key = { pk: `run#${event?.run_id}`, sk: endedAtCompletion(event?.ended_at ?? 0) };
        const lease = (world.table.get(key) as CompletionItem | undefined)?.lease;
        const verdict = await processMessage(worker, message);
        const isLive = lease !== undefined && verdict.kind === 'wait' && verdict.until === lease.until;
        return isLive ? { kind: 'acknowledge', outcome: 'duplicate' } : verdict;
      },
    },
  },

  'records failed before the dead letter': {
    broken: /failed without a dead letter/,
    rules: ['refused', 'throws'],
    plant: {
      worker(worker) {
        let late: (() => Promise<void>) | undefined;
        const { table, deadLetters } = worker;
        return {
          ...worker,
          deadLetters: {
            send: async (body, reason) => {
              late = () => deadLetters.send(body, reason);
            },
          },
          table: {
            ...table,
            put: async (item, expected) => {
              const outcome = await table.put(item, expected);
              if (item.sk === 'event') await late?.();
              return outcome;
            },
          },
        };
      },
    },
  },

  'has no lease token: writes without a condition': {
    broken: /took effect \d times/,
    rules: ['start', 'several'],
    plant: {
      worker: (worker, world) => ({
        ...worker,
        table: {
          ...worker.table,
          put: async (item, expected) => {
            if (!isCompletion(item) || expected === 'absent') return worker.table.put(item, expected);
            const found = world.table.get(item);
            return worker.table.put(item, found ? { tag: found.tag } : 'absent');
          },
        },
      }),
    },
  },

  'claims per event': {
    broken: /took effect \d times/,
    rules: ['start', 'several'],
    plant: {
      worker: (worker, _, eventId) => ({ ...worker, table: perEvent(worker.table, eventId) }),
    },
  },

  'never looks up': {
    broken: /took effect \d times/,
    rules: ['start', 'several'],
    plant: { worker: (worker) => ({ ...worker, cyberdesk: withFound(worker.cyberdesk, () => []) }) },
  },

  'adopts the first that fits': {
    broken: /took effect \d times|by guess/,
    rules: ['equal'],
    plant: {
      worker: (worker, world) => ({
        ...worker,
        cyberdesk: withFound(worker.cyberdesk, (runs) =>
          runs.filter(({ id }) => !world.table.get({ pk: `run#${id}`, sk: 'lineage' })).slice(0, 1),
        ),
      }),
    },
  },

  'sends bodies with keys in another order': {
    broken: /two different bodies/,
    rules: ['equal', 'several'],
    plant: {
      worker: (worker) => ({
        ...worker,
        cyberdesk: Object.assign(Object.create(worker.cyberdesk) as Cyberdesk, {
          createRun: (body: string, ...rest: [string, { until: number }]) => {
            const entries = Object.entries(JSON.parse(body) as object);
            const shuffled = worker.system.random() < 0.5 ? entries : entries.reverse();
            return worker.cyberdesk.createRun(JSON.stringify(Object.fromEntries(shuffled)), ...rest);
          },
        }),
      }),
    },
  },

  'counts depth by a run’s own lineage alone': {
    broken: /counts as depth 0|counts as depth 1/,
    rules: ['loop'],
    plant: {
      worker: (worker, world, eventId) => ({
        ...worker,
        table: {
          ...worker.table,
          get: async (key) => {
            const event = world.table.get({ pk: `event#${eventId}`, sk: 'event' }) as EventItem | undefined;
            const isAbove = key.sk === 'lineage' && key.pk !== `run#${event?.run_id}`;
            return isAbove ? undefined : worker.table.get(key);
          },
        },
      }),
    },
  },

  'sends every duplicate again, finished or not': {
    broken: /verifier sent a message for .* finished/,
    rules: ['tell'],
    plant: {
      verifier: (ports) => ({
        ...ports,
        table: {
          ...ports.table,
          put: async (item, expected) => {
            const outcome = await ports.table.put(item, expected);
            const found = outcome.kind === 'written' ? undefined : outcome.found;
            return found ? { kind: 'conflict', found: { ...found, state: 'received' } as Item } : outcome;
          },
        },
      }),
    },
  },

  'sweeps what waits in good order': {
    broken: /sweeper sent \d+ messages/,
    rules: ['start'],
    plant: {
      sweeper: (ports) => ({
        ...ports,
        reader: {
          getAll: async (keys) =>
            (await ports.reader.getAll(keys)).map((found) => {
              if (found?.sk !== 'event') return undefined;
              const { resent_at: _sign, ...rest } = found as EventItem;
              return { ...rest, received_at: new Date(0).toISOString() } as EventItem;
            }),
        },
        open: { list: (shard, { until: _until, ...query }) => ports.open.list(shard, query) },
        table: { ...ports.table, put: async () => ({ kind: 'written' }) },
      }),
    },
  },

  'takes no end from the API where an event has none': {
    broken: /took effect \d times/,
    rules: ['start', 'several'],
    plant: {
      worker: (worker) => ({
        ...worker,
        cyberdesk: Object.assign(Object.create(worker.cyberdesk) as Cyberdesk, {
          getRun: async (...args: Parameters<Cyberdesk['getRun']>) => {
            const got = await worker.cyberdesk.getRun(...args);
            return got.kind === 'answered' ? { ...got, value: { ...got.value, ended_at: null } } : got;
          },
        }),
      }),
    },
  },

  'relies on keys that are forgotten sooner than assumed': {
    broken: /took effect \d times/,
    rules: ['start', 'several'],
    plant: { assumed: { keyLife: SECOND } },
  },

  'relies on a list that is complete later than assumed': {
    broken: /took effect \d times/,
    rules: ['start', 'several'],
    plant: { assumed: { listedWithin: 600 * SECOND } },
  },

  'relies on a clock of Cyberdesk that is further off than assumed': {
    broken: /took effect \d times/,
    rules: ['start', 'several'],
    plant: { assumed: { skew: -150 * SECOND } },
  },

  'takes a placeholder for a secret': {
    broken: /forged webhook/,
    rules: ['tell'],
    plant: { signingSecret: (value) => (value === PLACEHOLDER ? secretOf(value) : value) },
  },
};

/** One claim for each event, and not for each completion. */
function perEvent(table: Table, eventId: string): Table {
  const own = <T extends Key>(key: T): T =>
    isCompletion(key) ? { ...key, sk: `${key.sk}${OWN}${eventId}` } : key;
  const shared = <T extends Item>(item: T | undefined): T | undefined =>
    item && { ...item, sk: item.sk.split(OWN)[0] as string };
  return {
    get: async (key) => shared(await table.get(own(key))),
    put: async (item, expected) => {
      const outcome = await table.put(own(item), expected);
      const found = outcome.kind === 'written' ? undefined : shared(outcome.found);
      return found ? { kind: 'conflict', found } : outcome;
    },
  };
}

const withFound = (cyberdesk: Cyberdesk, change: (runs: RunSnapshot[]) => RunSnapshot[]): Cyberdesk =>
  Object.assign(Object.create(cyberdesk) as Cyberdesk, {
    findRuns: async (...args: Parameters<Cyberdesk['findRuns']>) => {
      const found = await cyberdesk.findRuns(...args);
      return found.kind === 'answered' ? { ...found, value: change(found.value) } : found;
    },
  });
