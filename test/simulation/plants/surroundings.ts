import type { EventItem } from '../../../lambda/core/model/index.ts';
import { DAY, SECOND } from '../../../lambda/core/model/time.ts';
import { isEvent } from '../model/items.ts';
import { NO_ARRIVALS } from '../releases.ts';
import { PLACEHOLDER } from '../schedule.ts';
import { secretOf } from '../sender.ts';
import type { KnownMistake } from './plant.ts';

/** Mistakes of the verifier and the sweeper, and assumptions about Cyberdesk that do not hold. */
export const OTHER_PLANTS: Record<string, KnownMistake> = {
  'sends a message for every duplicate, even of finished events': {
    broken: /verifier sent a message for .* finished/,
    rules: ['announce'],
    plant: {
      verifier: (ports) => ({
        ...ports,
        table: {
          ...ports.table,
          put: async (item, expected) => {
            const outcome = await ports.table.put(item, expected);
            const found = outcome.kind === 'written' ? undefined : outcome.found;
            if (!found || !isEvent(found)) return outcome;
            const unfinished: EventItem = { ...found, state: 'received' };
            return { kind: 'conflict', found: unfinished };
          },
        },
      }),
    },
  },

  'takes a webhook that was repaired for the one that could not be used': {
    broken: /can be processed is taken for .*, which cannot/,
    rules: ['start'],
    plant: {
      verifier: (ports) => ({
        ...ports,
        table: {
          ...ports.table,
          put: async (item, expected) => {
            const outcome = await ports.table.put(item, expected);
            const found = outcome.kind === 'written' ? undefined : outcome.found;
            if (!found || !isEvent(found) || found.state !== 'unprocessable') return outcome;
            const usable: EventItem = { ...found, state: 'processed' };
            return { kind: 'conflict', found: usable };
          },
        },
      }),
    },
  },

  'resends messages of events that wait as they should': {
    broken: /sweeper sent \d+ messages/,
    rules: ['start'],
    plant: {
      sweeper: (ports) => ({
        ...ports,
        reader: {
          getAll: async (keys) =>
            (await ports.reader.getAll(keys)).map((found) => {
              if (!found || !isEvent(found)) return undefined;
              const { resent_at: _sign, unidentified: _tries, ...rest } = found;
              const silent: EventItem = { ...rest, received_at: new Date(0).toISOString() };
              return silent;
            }),
        },
        open: { list: (shard, { until: _until, ...query }) => ports.open.list(shard, query) },
        table: { ...ports.table, put: async () => ({ kind: 'written' }) },
      }),
    },
  },

  'never lists what is unfinished': {
    broken: /at rest, and .* is unfinished/,
    rules: ['start', 'several'],
    // For longer than the queue keeps messages.
    plant: { brokenFor: 7.5 * DAY, sweeper: (ports) => ({ ...ports, arrivals: NO_ARRIVALS }) },
  },

  'relies on idempotency keys that expire sooner than assumed': {
    broken: /took effect \d times/,
    rules: ['start', 'several'],
    plant: { assumed: { keyLife: SECOND } },
  },

  'relies on a list of runs that is complete later than assumed': {
    broken: /took effect \d times/,
    rules: ['start', 'several'],
    plant: { assumed: { listedWithin: 600 * SECOND } },
  },

  'relies on a clock of Cyberdesk that is further off than assumed': {
    broken: /took effect \d times/,
    rules: ['start', 'several'],
    plant: { assumed: { skew: -150 * SECOND }, manners: { dateOffset: undefined } },
  },

  'accepts a placeholder as a signing secret': {
    broken: /forged webhook/,
    rules: ['announce'],
    plant: { signingSecret: (value) => (value === PLACEHOLDER ? secretOf(value) : value) },
  },
};
