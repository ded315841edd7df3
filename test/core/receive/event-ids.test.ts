import { beforeEach, expect, it } from 'vitest';
import { sha256 } from '../../../lambda/core/model/keys.ts';
import { receive } from '../../../lambda/core/receive/receive.ts';
import { runComplete } from '../support/webhooks.ts';
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
