import { beforeEach, expect, it } from 'vitest';
import { type CompletionItem, completionKey } from '../../../lambda/core/model/index.ts';
import { HOUR, MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import { type SweepPorts, sweep } from '../../../lambda/core/sweep/index.ts';
import { completionItem, pauseItem } from '../support/items.ts';
import { COMPLETION, event, receiveWebhook, setUp, world } from '../support/scenario.ts';
import { START } from '../support/system.ts';
import { runComplete } from '../support/webhooks.ts';
import { sweepPorts } from './kit.ts';

const sweepEvents = (more: Partial<SweepPorts> = {}) => sweep({ ...sweepPorts(world).ports, ...more });
/** An index that lists these events, whatever their state is now. */
const listing = (...event_ids: string[]): Partial<SweepPorts> => ({
  open: {
    list: async (shard) =>
      shard === 0
        ? event_ids.map((event_id) => ({ event_id, received_at: new Date(START).toISOString() }))
        : [],
  },
});
const sentMessages = () => [...world.queue.messages.values()].map(({ body }) => body);
const storeCompletion = (more: Partial<CompletionItem>) =>
  world.model.force(completionItem({ ...COMPLETION, updated_at: 0, ...more }));

beforeEach(async () => {
  await setUp();
  world.queue.messages.clear();
});

it('the sweeper resends the message of an event after an hour of silence, and records that', async () => {
  world.later(HOUR - 1);
  expect(await sweepEvents()).toEqual({
    oldest: HOUR - 1,
    examined: 0,
    resent: 0,
    refused: 0,
    isComplete: true,
  });

  world.later(1);

  expect(await sweepEvents()).toEqual({ oldest: HOUR, examined: 1, resent: 1, refused: 0, isComplete: true });
  expect(sentMessages()).toEqual(['{"v":1,"event":"event-1"}']);
  expect(event().resent_at).toBe('2026-11-25T11:00:00.000Z');
});

it.each([
  ['was written', { updated_at: START + 2 * HOUR }],
  ['has a lease', { lease: { token: 'x', until: START + 2 * HOUR } }],
  ['waits', { not_before: START + 2 * HOUR }],
])('the sweeper takes it as a sign of life that the completion %s', async (_, more) => {
  storeCompletion(more);
  world.later(3 * HOUR - 1);

  expect(await sweepEvents()).toMatchObject({ resent: 0 });

  world.later(1);
  expect(await sweepEvents()).toMatchObject({ resent: 1 });
});

it('the sweeper looks for signs of life at the completion that the API named', async () => {
  const { ended_at: _end, ...rest } = event();
  world.model.force({ ...rest, completion: 'completion#7' });
  world.model.force(
    completionItem({ ...completionKey('run-1', 'completion#7'), updated_at: START + 2 * HOUR }),
  );
  world.later(2 * HOUR);

  expect(await sweepEvents()).toMatchObject({ resent: 0 });

  world.model.force({ ...rest, open: '0' });
  expect(await sweepEvents()).toMatchObject({ resent: 1 });
});

it('the sweeper does not resend events that wait for the end of a pause', async () => {
  world.model.force(pauseItem({ until: START + 2 * HOUR }));
  world.later(3 * HOUR - 1);

  expect(await sweepEvents()).toMatchObject({ resent: 0 });

  world.later(1);
  expect(await sweepEvents()).toMatchObject({ resent: 1 });
});

it('the sweeper skips events that the open index still lists although they are finished or gone', async () => {
  world.later(2 * HOUR);
  for (const state of ['processed', 'failed', 'ignored'] as const) {
    world.model.force({ ...event(), state });
    expect(await sweepEvents(listing('event-1'))).toMatchObject({ examined: 1, resent: 0 });
  }

  expect(await sweepEvents(listing('gone'))).toMatchObject({ examined: 1, resent: 0 });
});

it('the sweeper skips events of a later release', async () => {
  world.model.force({ ...event(), v: 3, open: '0' });
  world.later(2 * HOUR);

  expect(await sweepEvents()).toMatchObject({ examined: 1, resent: 0 });
});

it('the sweeper reports the age of the oldest unfinished event', async () => {
  world.later(30 * MINUTE);
  await receiveWebhook(runComplete({ id: 'run-2' }, { event_id: 'event-2' }), 'm2');
  world.later(10 * SECOND);

  expect((await sweepEvents()).oldest).toBe(30 * MINUTE + 10 * SECOND);
  world.model.items.clear();
  expect((await sweepEvents()).oldest).toBe(0);
});

it('the sweeper counts a message as sent although another worker changed the event meanwhile', async () => {
  world.model.force({ ...event(), open: '0' });
  world.later(2 * HOUR);
  const table = { ...world.ports.table, put: async () => ({ kind: 'conflict' }) as const };
  expect(await sweepEvents({ table })).toMatchObject({ resent: 1 });
  expect(sentMessages()).toHaveLength(1);
});

it('the sweeper does not record a message that could not be sent', async () => {
  world.later(2 * HOUR);
  const { queue } = sweepPorts(world).ports;
  const sendAll = () => Promise.reject(new Error('down'));

  await expect(sweepEvents({ queue: { ...queue, sendAll } })).rejects.toThrow('down');
  expect(event()).not.toHaveProperty('resent_at');
});
