import type { EventItem, EventMessage, OpenEntry, OpenQuery } from '../../../lambda/core/model/index.ts';
import { MINUTE } from '../../../lambda/core/model/time.ts';
import type { SweepPorts, Waiting } from '../../../lambda/core/sweep/index.ts';
import { arrivedOn, openEntries } from '../../simulation/model/open-index.ts';
import type { createWorld } from '../support/world.ts';

type InMemory = Pick<ReturnType<typeof createWorld>, 'model' | 'queue' | 'system' | 'table'>;

/** What a sweep needs, in memory; `reported` has what it reports. */
export function sweepPorts({ model, queue, system, table }: InMemory) {
  const reported: { ages: number[]; waiting: Waiting[]; resent: number } = {
    ages: [],
    waiting: [],
    resent: 0,
  };
  const ports: SweepPorts = {
    table,
    system,
    open: { list: async (shard: number, query: OpenQuery) => openEntries(model, shard, query) },
    arrivals: { list: async (day, query) => arrivedOn(model, day, query) },
    reader: { getAll: async (keys) => keys.map((key) => model.get(key)) },
    queue: {
      sendAll: async (messages: readonly EventMessage[]) => {
        for (const message of messages) queue.send(JSON.stringify(message), system.now());
        return [];
      },
      backlog: async () => queue.messages.size,
    },
    deadline: system.now() + 2 * MINUTE,
    reportAge: (oldest) => void reported.ages.push(oldest),
    reportWaiting: (waiting) => void reported.waiting.push(waiting),
    reportResent: ({ length }) => {
      reported.resent += length;
    },
  };
  return { ports, reported };
}

/** An unfinished event; its run, and so its completion, is its own. */
export const openEvent = ({ event_id, received_at }: OpenEntry, shard: number): EventItem => ({
  pk: `event#${event_id}`,
  sk: 'event',
  v: 1,
  tag: 'first',
  event_id,
  received_at,
  svix_id: event_id,
  type: 'run_complete',
  run_id: `run-of-${event_id}`,
  workflow_id: 'workflow-first',
  status: 'success',
  ended_at: 7,
  state: 'received',
  failure: 0,
  round: 0,
  body_sha256: 'hash',
  body_bytes: 1,
  open: String(shard),
  day: received_at.slice(0, 10),
});
