import { beforeEach, describe, expect, it } from 'vitest';
import type { EventItem } from '../../../lambda/core/model/index.ts';
import { sha256 } from '../../../lambda/core/model/keys.ts';
import { receive } from '../../../lambda/core/receive/receive.ts';
import { downedMachines, runComplete } from '../support/webhooks.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeEach(() => {
  world = createWorld();
});
const receiveWebhook = (body = runComplete(), svixId = 'msg_1') => receive(world.ports, { svixId, body }, 90);

it('a different webhook with an id that is taken is stored under its delivery id', async () => {
  await receiveWebhook();
  const changes = [
    { id: 'run-2' },
    { status: 'error' },
    { ended_at: '2026-11-25T11:00:00Z' },
    { ended_at: null },
  ];
  for (const [index, change] of changes.entries()) {
    const receipt = await receiveWebhook(runComplete(change), `msg_${index + 2}`);
    expect(receipt).toMatchObject({ event: `msg_${index + 2}`, outcome: 'accepted' });
    expect((await receiveWebhook(runComplete(change), `msg_${index + 2}`)).outcome).toBe('duplicate');
  }
  const other = runComplete({}, { event_type: 'other' });

  expect((await receiveWebhook(other, 'msg_9')).event).toBe('msg_9');
});

it('different webhooks that share both ids are stored under a digest', async () => {
  await receiveWebhook();
  await receiveWebhook(runComplete({ id: 'run-2' }), 'msg_1');

  const { event, outcome } = await receiveWebhook(runComplete({ id: 'run-3' }), 'msg_1');

  expect(outcome).toBe('accepted');
  expect(event).toMatch(/^msg_1~[0-9a-f]{64}$/);
  expect((await receiveWebhook(runComplete({ id: 'run-3' }), 'msg_1')).outcome).toBe('duplicate');
});

it('webhooks without a run are compared by their bytes', async () => {
  const first = await receiveWebhook(Buffer.from('{"event_id":"x","run":{}}'), 'msg_1');

  expect(first.event).toBe('x');
  expect((await receiveWebhook(Buffer.from('{"event_id":"x","run":{}}'), 'msg_2')).outcome).toBe('duplicate');
  expect(await receiveWebhook(Buffer.from('{"event_id":"x","run":{ }}'), 'msg_3')).toMatchObject({
    event: 'msg_3',
  });
});

it('an event id is never truncated', async () => {
  const long = `msg_${'x'.repeat(200)}`;

  const { event } = await receiveWebhook(runComplete({}, { event_id: 'bad id' }), long);

  expect(event).toBe(`svix:${sha256(long)}`);
  expect((await receiveWebhook(runComplete({}, { event_id: null }), `${long}y`)).event).not.toBe(event);
  expect((await receiveWebhook(runComplete({}, { event_id: 'x'.repeat(128) }))).event).toBe('x'.repeat(128));
});

describe('what is sent again and can be acted on now', () => {
  const sent = () => [...world.queue.messages.values()].map(({ body }) => JSON.parse(body).event);

  it.each([
    ['lacked its workflow', { workflow_id: undefined }],
    ['had null as its workflow', { workflow_id: null }],
    ['had a workflow with a space in its id', { workflow_id: 'a b' }],
    ['lacked its run', { id: undefined }],
    ['lacked its status', { status: undefined }],
  ])('a message that %s is queued once it is repaired, and only once', async (_, broken) => {
    const unusable = runComplete(broken);
    expect(await receiveWebhook(unusable)).toMatchObject({ event: 'event-1', outcome: 'unprocessable' });

    expect(await receiveWebhook()).toMatchObject({ event: 'msg_1', outcome: 'accepted' });
    expect(sent()).toEqual(['msg_1']);

    world.model.force({ ...(world.model.event('msg_1') as EventItem), state: 'processed' });

    expect(await receiveWebhook()).toMatchObject({ event: 'msg_1', outcome: 'duplicate' });
    expect(await receiveWebhook(unusable)).toMatchObject({ event: 'event-1', outcome: 'duplicate' });
    expect(sent()).toEqual(['msg_1']);
  });

  it('a message that was usable stays the same one when it comes again without its workflow', async () => {
    await receiveWebhook();

    expect(await receiveWebhook(runComplete({ workflow_id: null }))).toMatchObject({
      event: 'event-1',
      outcome: 'duplicate',
    });
  });

  it('a message without an event id is queued under a digest once it is repaired', async () => {
    await receiveWebhook(runComplete({ workflow_id: null }, { event_id: null }));

    const { event, outcome } = await receiveWebhook(runComplete({}, { event_id: null }));

    expect(outcome).toBe('accepted');
    expect(event).toMatch(/^msg_1~[0-9a-f]{64}$/);
    expect(sent()).toEqual([event]);
  });

  it('a message all of whose ids are taken by unusable events is queued under one more', async () => {
    await receiveWebhook(runComplete({ id: 'run-2' }));
    await receiveWebhook(runComplete({ id: 'run-3' }));
    const unusable = await receiveWebhook(runComplete({ workflow_id: null }));

    for (const outcome of ['accepted', 'duplicate'])
      expect(await receiveWebhook()).toMatchObject({ event: `${unusable.event}~repaired`, outcome });
  });

  it.each([
    ['the end of a run', runComplete()],
    ['machines', downedMachines()],
  ])('the same bytes about %s are queued by a release that can read them', async (_, body) => {
    const { event } = await receiveWebhook(body);
    const unusable: EventItem = { ...(world.model.event(event) as EventItem), state: 'unprocessable' };
    world.model.force(unusable);

    for (const outcome of ['accepted', 'duplicate'])
      expect(await receiveWebhook(body)).toMatchObject({ event: 'msg_1', outcome });
  });

  it.each([
    ['workflow_id', null],
    ['status', null],
    ['id', null],
  ])('what was unprocessable for its %s and has been erased is not stored again', async (field, value) => {
    await receiveWebhook(runComplete({ [field]: value }));
    const erased: EventItem = {
      ...(world.model.event('event-1') as EventItem),
      erased_at: '2026-11-25T11:00:00.000Z',
    };
    world.model.force(erased);

    expect(await receiveWebhook()).toMatchObject({ event: 'event-1', outcome: 'duplicate' });
    expect(sent()).toEqual([]);
  });
});
