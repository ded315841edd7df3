import { beforeEach, expect, it } from 'vitest';
import { type CompletionItem, completionKey } from '../../../lambda/core/model/index.ts';
import { HOUR, MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import { sweep } from '../../../lambda/core/sweep/sweep.ts';
import { completionItem, pauseItem } from '../support/items.ts';
import { COMPLETION, event, receiveWebhook, setUp, world } from '../support/scenario.ts';
import { START } from '../support/system.ts';
import { runComplete } from '../support/webhooks.ts';

const sweepEvents = (ids = ['event-1']) =>
  sweep({
    ...world.ports,
    listOpen: async function* () {
      for (const event_id of ids)
        yield {
          event_id,
          received_at: world.model.event(event_id)?.received_at ?? new Date(START).toISOString(),
        };
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
  expect(await sweepEvents()).toEqual({ oldest: HOUR - 1, resent: 0 });

  world.later(1);

  expect(await sweepEvents()).toEqual({ oldest: HOUR, resent: 1 });
  expect(sentMessages()).toEqual(['{"v":1,"event":"event-1"}']);
  expect(event().resent_at).toBe('2026-11-25T11:00:00.000Z');

  world.later(59 * MINUTE);
  expect(await sweepEvents()).toEqual({ oldest: 119 * MINUTE, resent: 0 });

  world.later(MINUTE);
  expect(await sweepEvents()).toMatchObject({ resent: 1 });
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

  world.model.force(rest);
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
    expect(await sweepEvents()).toEqual({ oldest: 0, resent: 0 });
  }

  expect(await sweepEvents(['gone'])).toEqual({ oldest: 0, resent: 0 });
});

it('the sweeper skips events of a later release', async () => {
  world.model.force({ ...event(), v: 2 });
  world.later(2 * HOUR);

  expect(await sweepEvents()).toEqual({ oldest: 0, resent: 0 });
});

it('the sweeper reports the age of the oldest unfinished event', async () => {
  world.later(30 * MINUTE);
  await receiveWebhook(runComplete({ id: 'run-2' }, { event_id: 'event-2' }), 'm2');
  world.later(10 * SECOND);

  expect((await sweepEvents(['event-2', 'event-1', 'event-2'])).oldest).toBe(30 * MINUTE + 10 * SECOND);
  expect(await sweepEvents([])).toEqual({ oldest: 0, resent: 0 });
});

it('the sweeper counts a message as sent although another worker changed the event meanwhile', async () => {
  world.later(2 * HOUR);
  const table = { ...world.ports.table, put: async () => ({ kind: 'conflict' }) as const };
  const listOpen = async function* () {
    yield { event_id: 'event-1', received_at: event().received_at };
  };

  expect(await sweep({ ...world.ports, table, listOpen })).toMatchObject({ resent: 1 });
  expect(sentMessages()).toHaveLength(1);
});

it('the sweeper does not record a message that could not be sent', async () => {
  world.later(2 * HOUR);
  world.ports.queue.send = () => Promise.reject(new Error('down'));

  await expect(sweepEvents()).rejects.toThrow('down');
  expect(event()).not.toHaveProperty('resent_at');
});
