import type {
  CompletionItem,
  Cyberdesk,
  Item,
  Key,
  RunSnapshot,
  Table,
} from '../../../lambda/core/model/index.ts';
import { endedAtCompletion, PAUSE_KEY } from '../../../lambda/core/model/index.ts';
import { isRefusedRead } from '../../../lambda/cyberdesk/answer-class.ts';
import { OWN } from '../broken-promise.ts';
import { type KnownMistake, understanding } from './plant.ts';

const isCompletionKey = ({ sk }: Key) => sk.startsWith('completion#');

const OTHER: RunSnapshot = {
  id: 'another',
  workflow_id: 'next',
  status: 'success',
  created_at: '',
  ended_at: new Date(0).toISOString(),
};

/** Mistakes of the processor. */
export const PROCESSOR_PLANTS: Record<string, KnownMistake> = {
  'acknowledges on a live lease': {
    broken: /unfinished and has no message/,
    rules: ['start'],
    plant: {
      async around(invoke, message, world) {
        const { event: id }: { event: string } = JSON.parse(message.body);
        const event = world.table.event(id);
        const key = { pk: `run#${event?.run_id}`, sk: endedAtCompletion(event?.ended_at ?? 0) };
        const until = world.table.completion(key)?.lease?.until ?? 0;
        const isLive = until > world.scheduler.now;
        const response = await invoke();
        return isLive ? { batchItemFailures: [] } : response;
      },
    },
  },

  'records a failure before its dead-letter message': {
    broken: /failed without a dead letter/,
    rules: ['refused', 'throws'],
    plant: {
      ports(ports) {
        let late: (() => Promise<void>) | undefined;
        const { table, deadLetters } = ports;
        return {
          ...ports,
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

  'writes without a condition on its lease': {
    broken: /took effect \d times/,
    rules: ['start', 'several'],
    plant: {
      ports: (ports, world) => ({
        ...ports,
        table: {
          ...ports.table,
          put: async (item, expected) => {
            if (!isCompletionKey(item) || expected === 'absent') return ports.table.put(item, expected);
            const found = world.table.get(item);
            return ports.table.put(item, found ? { tag: found.tag } : 'absent');
          },
        },
      }),
    },
  },

  'claims events instead of completions': {
    broken: /took effect \d times/,
    rules: ['start', 'several'],
    plant: {
      ports: (ports, _, eventId) => ({ ...ports, table: perEvent(ports.table, eventId) }),
    },
  },

  'never looks up': {
    broken: /took effect \d times/,
    rules: ['start', 'several'],
    plant: { ports: (ports) => ({ ...ports, cyberdesk: withFound(ports.cyberdesk, () => []) }) },
  },

  'leaves out runs whose session is not shown': {
    broken: /took effect \d times/,
    rules: ['chain'],
    plant: {
      ports: (ports) => ({
        ...ports,
        cyberdesk: withFound(ports.cyberdesk, (runs) => runs.filter(({ session_id }) => session_id != null)),
      }),
    },
  },

  'adopts the first run that fits': {
    broken: /took effect \d times|by guess/,
    rules: ['equal'],
    plant: {
      ports: (ports, world) => ({
        ...ports,
        cyberdesk: withFound(ports.cyberdesk, (runs) =>
          runs.filter(({ id }) => !world.table.get({ pk: `run#${id}`, sk: 'lineage' })).slice(0, 1),
        ),
      }),
    },
  },

  'sends bodies with their keys in another order': {
    broken: /two different bodies/,
    rules: ['equal', 'several'],
    plant: {
      ports: (ports) => ({
        ...ports,
        cyberdesk: {
          ...ports.cyberdesk,
          createRun: (body, ...rest) => {
            const entries = Object.entries(JSON.parse(body));
            const shuffled = ports.system.random() < 0.5 ? entries : entries.reverse();
            return ports.cyberdesk.createRun(JSON.stringify(Object.fromEntries(shuffled)), ...rest);
          },
        },
      }),
    },
  },

  'counts the depth by the lineage of the run alone': {
    broken: /counts as depth 0|counts as depth 1/,
    rules: ['loop'],
    plant: {
      ports: (ports, world, eventId) => ({
        ...ports,
        table: {
          ...ports.table,
          get: async (key) => {
            const event = world.table.event(eventId);
            const isAbove = key.sk === 'lineage' && key.pk !== `run#${event?.run_id}`;
            return isAbove ? undefined : ports.table.get(key);
          },
        },
      }),
    },
  },

  'ignores the end that the API answers for an event without one': {
    broken: /took effect \d times/,
    rules: ['start', 'several'],
    plant: {
      ports: understanding((got) =>
        got.kind === 'answered' ? { ...got, value: { ...got.value, ended_at: null } } : got,
      ),
    },
  },

  'believes an answer about another run than the one asked for': {
    broken: /took effect \d times/,
    rules: ['start', 'several'],
    plant: {
      ports: understanding((got) =>
        got.kind === 'failed' && got.status === 200 ? { kind: 'answered', value: OTHER } : got,
      ),
    },
  },

  'takes every refusal of a question about a run for the answer that there is no such run': {
    broken: /took effect \d times/,
    rules: ['start', 'several'],
    plant: {
      ports: understanding((got) =>
        got.kind === 'failed' && isRefusedRead(got) ? { ...got, status: 404 } : got,
      ),
    },
  },

  'forgets every pause': {
    broken: /requests within .* h of throttling/,
    rules: ['start'],
    calm: true,
    plant: {
      ports: (ports) => ({
        ...ports,
        table: {
          ...ports.table,
          get: async (key) => (key.pk === PAUSE_KEY.pk ? undefined : ports.table.get(key)),
          put: async (item, expected) =>
            item.pk === PAUSE_KEY.pk ? { kind: 'written' } : ports.table.put(item, expected),
        },
      }),
    },
  },

  'does not say that it no longer probes': {
    broken: /still holds the probe/,
    rules: ['start'],
    plant: {
      ports: (ports) => ({
        ...ports,
        table: {
          ...ports.table,
          put: async (item, expected) => {
            const isOpened = item.pk === PAUSE_KEY.pk && 'until' in item && item.until === 0;
            return isOpened ? { kind: 'written' } : ports.table.put(item, expected);
          },
        },
      }),
    },
  },

  'takes the page of a firewall for a refusal of the API key': {
    broken: /accuses the API key/,
    rules: ['start'],
    calm: true,
    plant: {
      ports: ({ cyberdesk, ...ports }) => ({
        ...ports,
        cyberdesk: {
          ...cyberdesk,
          ping: async (limit) => {
            const got = await cyberdesk.ping(limit);
            return got.kind === 'failed' ? { ...got, isJson: true } : got;
          },
        },
      }),
    },
  },

  'takes an answer that it cannot read for none': {
    broken: /counts as not answered/,
    rules: ['start'],
    plant: {
      ports: ({ cyberdesk, ...ports }) => ({
        ...ports,
        cyberdesk: {
          ...cyberdesk,
          createRun: async (...args) => {
            const got = await cyberdesk.createRun(...args);
            if (got.kind === 'answered' || got.status === undefined || got.status > 299) return got;
            const { status: _lost, ...rest } = got;
            return rest;
          },
        },
      }),
    },
  },

  'counts an orderly release as a crash': {
    broken: /counts as crashed, and is not to blame/,
    rules: ['start'],
    plant: {
      ports: (ports, world) => ({
        ...ports,
        table: {
          ...ports.table,
          put: async (item, expected) => {
            const { lease, done, crashes } = item as Partial<CompletionItem>;
            if (!isCompletionKey(item) || lease || done || crashes !== 0)
              return ports.table.put(item, expected);
            const counted = (world.table.completion(item)?.crashes ?? 0) + 1;
            return ports.table.put({ ...item, ...{ crashes: counted } }, expected);
          },
        },
      }),
    },
  },
};

/** One claim for each event, and not for each completion. */
function perEvent(table: Table, eventId: string): Table {
  const own = <T extends Key>(key: T): T =>
    isCompletionKey(key) ? { ...key, sk: `${key.sk}${OWN}${eventId}` } : key;
  const shared = <T extends Item>(item: T | undefined): T | undefined =>
    item && { ...item, sk: item.sk.split(OWN)[0] ?? '' };
  return {
    get: async (key) => shared(await table.get(own(key))),
    put: async (item, expected) => {
      const outcome = await table.put(own(item), expected);
      const found = outcome.kind === 'written' ? undefined : shared(outcome.found);
      return found ? { kind: 'conflict', found } : outcome;
    },
  };
}

const withFound = (cyberdesk: Cyberdesk, change: (runs: RunSnapshot[]) => RunSnapshot[]): Cyberdesk => ({
  ...cyberdesk,
  findRuns: async (...args) => {
    const found = await cyberdesk.findRuns(...args);
    return found.kind === 'answered'
      ? { ...found, value: { ...found.value, runs: change(found.value.runs) } }
      : found;
  },
});
