import { randomBytes } from 'node:crypto';
import { beforeEach, expect, it } from 'vitest';
import { type EventItem, type PutOutcome, pieceKey } from '../../../lambda/core/model/index.ts';
import { sha256 } from '../../../lambda/core/model/keys.ts';
import { DAY, SECOND } from '../../../lambda/core/model/time.ts';
import { type DeliveryFacts, EventNotStoredError, receive } from '../../../lambda/core/receive/receive.ts';
import { readBody } from '../../../lambda/core/store/body.ts';
import { START } from '../support/system.ts';
import { runComplete } from '../support/webhooks.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeEach(() => {
  world = createWorld();
});
const receiveWebhook = (body = runComplete(), svixId = 'msg_1') => receive(world.ports, { svixId, body }, 90);
function storedEvent(id: string) {
  const found = world.model.event(id);
  if (!found) throw new Error(`there is no event ${id}`);
  return found;
}
const sentMessages = () => [...world.queue.messages.values()].map(({ body }) => body);

it('an actionable webhook is stored as an unfinished event without expiry or entry in the open index, and its message holds ids only', async () => {
  const body = runComplete();

  expect(await receiveWebhook(body)).toMatchObject({ event: 'event-1', outcome: 'accepted' });

  const event = storedEvent('event-1');

  expect(event).toMatchObject({
    v: 2,
    event_id: 'event-1',
    svix_id: 'msg_1',
    received_at: '2026-11-25T10:00:00.000Z',
    type: 'run_complete',
    run_id: 'run-1',
    workflow_id: 'workflow-first',
    status: 'success',
    ended_at: START - 2000 + 123,
    state: 'received',
    failure: 0,
    round: 0,
    day: '2026-11-25',
    body_sha256: sha256(body),
    body_bytes: body.byteLength,
  });
  expect(event).not.toHaveProperty('ttl');
  // An entry in the open index would cost two writes: the sweeper makes one for what is not finished within minutes.
  expect(event).not.toHaveProperty('open');
  expect(Buffer.from(await readBody(world.worker.table, event))).toEqual(body);
  expect(sentMessages()).toEqual(['{"v":1,"event":"event-1"}']);
});

it('the pieces of a large body are written before its event', async () => {
  const order: string[] = [];
  world.model.onPut = ({ sk }) => order.push(sk);
  const body = runComplete({ output_data: { noise: randomBytes(500_000).toString('base64') } });

  await receiveWebhook(body);

  expect(order).toEqual(['body', 'body', 'event']);

  const event = storedEvent('event-1');

  expect(event).toMatchObject({ body_pieces: 2 });
  expect(event).not.toHaveProperty('body');
  expect(world.model.piece(event.body_sha256, 1)?.ttl).toBe(START / 1000 + 90 * 86_400);
  expect(Buffer.compare(await readBody(world.worker.table, event), body)).toBe(0);
});

it.each([
  ['ignored', runComplete({ status: 'running' }), 'not_terminal'],
  ['unprocessable', Buffer.from('no json'), 'not_json'],
])('a webhook that is %s is stored with an expiry, and no message is sent', async (outcome, body, reason) => {
  const receipt = await receiveWebhook(body);
  expect(receipt.outcome).toBe(outcome);

  const event = storedEvent(receipt.event);

  expect(event).toMatchObject({
    state: outcome,
    reason,
    finished_at: '2026-11-25T10:00:00.000Z',
    ttl: START / 1000 + 90 * 86_400,
  });
  expect(event).not.toHaveProperty('open');
  expect(sentMessages()).toEqual([]);
  expect((await receiveWebhook(body)).outcome).toBe('duplicate');
});

it('a duplicate webhook sends another message only while its event is unfinished', async () => {
  await receiveWebhook();

  expect(await receiveWebhook(runComplete(), 'msg_2')).toMatchObject({
    event: 'event-1',
    outcome: 'duplicate',
  });
  expect(sentMessages()).toHaveLength(2);

  world.model.force({ ...storedEvent('event-1'), state: 'processed' });

  await receiveWebhook(runComplete(), 'msg_3');

  expect(sentMessages()).toHaveLength(2);
});

it('no message is sent when the event could not be written', async () => {
  const table = { ...world.ports.table, put: () => Promise.reject(new Error('down')) };

  await expect(receive({ ...world.ports, table }, { svixId: 'm', body: runComplete() }, 90)).rejects.toThrow(
    'down',
  );
  expect(sentMessages()).toEqual([]);
});

it('a write that the SDK repeated counts as accepted', async () => {
  const table = {
    ...world.ports.table,
    put: async (...args: Parameters<typeof world.ports.table.put>): Promise<PutOutcome> => {
      await world.ports.table.put(...args);
      return world.ports.table.put(...args);
    },
  };

  const receipt = await receive({ ...world.ports, table }, { svixId: 'm', body: runComplete() }, 90);

  expect(receipt.outcome).toBe('accepted');
});

it('an event is written again when the conflicting item has just expired, and fails after several such conflicts', async () => {
  let conflicts = 2;
  const table = {
    ...world.ports.table,
    put: async (...args: Parameters<typeof world.ports.table.put>): Promise<PutOutcome> => {
      conflicts -= 1;
      return conflicts >= 0 ? { kind: 'conflict' } : world.ports.table.put(...args);
    },
  };
  const ports = { ...world.ports, table };

  expect(await receive(ports, { svixId: 'm', body: runComplete() }, 90)).toMatchObject({
    event: 'event-1',
    outcome: 'accepted',
  });

  conflicts = 1000;

  await expect(receive(ports, { svixId: 'm', body: runComplete() }, 90)).rejects.toBeInstanceOf(
    EventNotStoredError,
  );
  expect(sentMessages()).toHaveLength(1);
});

it('a body that expires before its event is kept apart from it, however small', async () => {
  const body = runComplete();

  await receive(world.ports, { svixId: 'msg_1', body }, 90, 30);

  const event = storedEvent('event-1');
  expect(event).toMatchObject({ v: 1, body_pieces: 1 });
  expect(event).not.toHaveProperty('body');
  const piece = world.model.get(pieceKey(sha256(body), 0));
  expect(piece?.ttl).toBe((START + 30 * DAY) / SECOND);
  expect(Buffer.from(await readBody(world.worker.table, event))).toEqual(body);
});

it('a small body that is kept apart is not stored again, with other bytes either, once it was erased', async () => {
  const { ports } = world;
  await receive(ports, { svixId: 'msg_1', body: runComplete() }, 90, 30);
  const event = storedEvent('event-1');
  const erased: EventItem = { ...event, state: 'processed', erased_at: '2026-11-25T11:00:00.000Z' };
  world.model.force(erased);
  world.model.onPut = ({ pk }) => expect.unreachable(`${pk} was written`);

  for (const body of [runComplete(), Buffer.concat([runComplete(), Buffer.from(' ')])])
    expect(await receive(ports, { svixId: 'msg_2', body }, 90, 30)).toMatchObject({ outcome: 'duplicate' });
});

it('another event under the same id has pieces of its own', async () => {
  await receive(world.ports, { svixId: 'msg_1', body: runComplete() }, 90, 30);
  const other = runComplete({ id: 'run-2' });

  expect(await receive(world.ports, { svixId: 'msg_2', body: other }, 90, 30)).toMatchObject({
    event: 'msg_2',
    outcome: 'accepted',
  });
  expect(Buffer.from(await readBody(world.worker.table, storedEvent('msg_2')))).toEqual(other);
});

it('the facts of a delivery name its event from when it is stored, although queueing it fails', async () => {
  const down = () => Promise.reject(new Error('down'));
  const table = { ...world.ports.table, put: down };
  const facts: DeliveryFacts = {};
  const delivery = { svixId: 'msg_1', body: runComplete(), facts };

  await expect(receive({ ...world.ports, table }, delivery, 90)).rejects.toThrow('down');
  expect(facts).toEqual({ run_id: 'run-1' });

  await expect(receive({ ...world.ports, queue: { send: down } }, delivery, 90)).rejects.toThrow('down');
  expect(facts).toEqual({ event_id: 'event-1', run_id: 'run-1' });
});

it('the facts of a delivery name the id that its event is really stored under', async () => {
  await receiveWebhook();
  const facts: DeliveryFacts = {};

  await receive(world.ports, { svixId: 'msg_2', body: runComplete({ id: 'run-2' }), facts }, 90);

  expect(facts).toEqual({ event_id: 'msg_2', run_id: 'run-2' });
});
