import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { EventItem, PutOutcome } from '../../../lambda/core/model/index.ts';
import { sha256 } from '../../../lambda/core/model/keys.ts';
import { EventNotStoredError, receive } from '../../../lambda/core/receive/receive.ts';
import { readBody } from '../../../lambda/core/store/body.ts';
import { START } from '../support/system.ts';
import { runComplete } from '../support/webhooks.ts';
import { type World, createWorld } from '../support/world.ts';

const take = (world: World, body = runComplete(), svixId = 'msg_1') =>
  receive(world.ports, { svixId, body }, 90);
const eventOf = (world: World, id: string) =>
  world.model.get({ pk: `event#${id}`, sk: 'event' }) as EventItem | undefined;
const sent = (world: World) => [...world.queue.messages.values()].map(({ body }) => body);

describe('receive', () => {
  it('stores the facts and the body, open and without expiry, and sends ids only', async () => {
    const world = createWorld();
    world.system.randomNumber = 0.99;
    const body = runComplete();
    expect(await take(world, body)).toEqual({ event: 'event-1', outcome: 'accepted' });
    const event = eventOf(world, 'event-1') as EventItem;
    expect(event).toMatchObject({
      v: 1,
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
      open: '7',
      day: '2026-11-25',
      body_sha256: sha256(body),
      body_bytes: body.byteLength,
    });
    expect(event).not.toHaveProperty('ttl');
    expect(Buffer.from(await readBody(world.worker.table, event))).toEqual(body);
    expect(sent(world)).toEqual(['{"v":1,"event":"event-1"}']);
  });

  it('writes the pieces of a large body before its event', async () => {
    const world = createWorld();
    const order: string[] = [];
    world.model.onPut = ({ sk }) => order.push(sk);
    const body = runComplete({ output_data: { noise: randomBytes(500_000).toString('base64') } });
    await take(world, body);
    expect(order).toEqual(['body', 'body', 'event']);
    const event = eventOf(world, 'event-1') as EventItem;
    expect(event).toMatchObject({ body_pieces: 2 });
    expect(event).not.toHaveProperty('body');
    expect(world.model.get({ pk: `body#${event.body_sha256}/1`, sk: 'body' })?.ttl).toBe(
      START / 1000 + 90 * 86_400,
    );
    expect(Buffer.compare(await readBody(world.worker.table, event), body)).toBe(0);
  });

  it.each([
    ['ignored', runComplete({ status: 'running' }), 'not_terminal'],
    ['unprocessable', Buffer.from('no json'), 'not_json'],
  ])('stores what is %s, with an expiry, and sends nothing', async (outcome, body, reason) => {
    const world = createWorld();
    const receipt = await take(world, body);
    expect(receipt.outcome).toBe(outcome);
    const event = eventOf(world, receipt.event);
    expect(event).toMatchObject({
      state: outcome,
      reason,
      finished_at: '2026-11-25T10:00:00.000Z',
      ttl: START / 1000 + 90 * 86_400,
    });
    expect(event).not.toHaveProperty('open');
    expect(sent(world)).toEqual([]);
    expect((await take(world, body)).outcome).toBe('duplicate');
  });

  it('sends again for a duplicate that is still unfinished, and only then', async () => {
    const world = createWorld();
    await take(world);
    expect(await take(world, runComplete(), 'msg_2')).toEqual({ event: 'event-1', outcome: 'duplicate' });
    expect(sent(world)).toHaveLength(2);
    world.model.force({ ...(eventOf(world, 'event-1') as EventItem), state: 'processed' });
    await take(world, runComplete(), 'msg_3');
    expect(sent(world)).toHaveLength(2);
  });

  it('keeps another event under the same id by its delivery', async () => {
    const world = createWorld();
    await take(world);
    const changes = [
      { id: 'run-2' },
      { status: 'error' },
      { ended_at: '2026-11-25T11:00:00Z' },
      { ended_at: null },
    ];
    for (const [index, change] of changes.entries()) {
      const receipt = await take(world, runComplete(change), `msg_${index + 2}`);
      expect(receipt).toEqual({ event: `msg_${index + 2}`, outcome: 'accepted' });
      expect((await take(world, runComplete(change), `msg_${index + 2}`)).outcome).toBe('duplicate');
    }
    const other = runComplete({}, { event_type: 'other' });
    expect((await take(world, other, 'msg_9')).event).toBe('msg_9');
  });

  it('keeps even those apart that share both ids', async () => {
    const world = createWorld();
    await take(world);
    await take(world, runComplete({ id: 'run-2' }), 'msg_1');
    const { event, outcome } = await take(world, runComplete({ id: 'run-3' }), 'msg_1');
    expect(outcome).toBe('accepted');
    expect(event).toMatch(/^msg_1~[0-9a-f]{64}$/);
    expect((await take(world, runComplete({ id: 'run-3' }), 'msg_1')).outcome).toBe('duplicate');
  });

  it('tells bodies without a run apart by their bytes', async () => {
    const world = createWorld();
    const first = await take(world, Buffer.from('{"event_id":"x","run":{}}'), 'msg_1');
    expect(first.event).toBe('x');
    expect((await take(world, Buffer.from('{"event_id":"x","run":{}}'), 'msg_2')).outcome).toBe('duplicate');
    expect(await take(world, Buffer.from('{"event_id":"x","run":{ }}'), 'msg_3')).toMatchObject({
      event: 'msg_3',
    });
  });

  it('never cuts an id', async () => {
    const world = createWorld();
    const long = `msg_${'x'.repeat(200)}`;
    const { event } = await take(world, runComplete({}, { event_id: 'bad id' }), long);
    expect(event).toBe(`svix:${sha256(long)}`);
    expect((await take(world, runComplete({}, { event_id: null }), `${long}y`)).event).not.toBe(event);
    expect((await take(world, runComplete({}, { event_id: 'x'.repeat(128) }))).event).toBe('x'.repeat(128));
  });

  it('does not send a message when the event could not be written', async () => {
    const world = createWorld();
    const table = { ...world.ports.table, put: () => Promise.reject(new Error('down')) };
    await expect(receive({ ...world.ports, table }, { svixId: 'm', body: runComplete() }, 90)).rejects.toThrow(
      'down',
    );
    expect(sent(world)).toEqual([]);
  });

  it('counts its own write, repeated by the SDK, as success', async () => {
    const world = createWorld();
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

  it('tries again where the item in its way has just expired, and tells when it may not', async () => {
    const world = createWorld();
    let gone = 2;
    const table = {
      ...world.ports.table,
      put: async (...args: Parameters<typeof world.ports.table.put>): Promise<PutOutcome> => {
        gone -= 1;
        return gone >= 0 ? { kind: 'conflict' } : world.ports.table.put(...args);
      },
    };
    const ports = { ...world.ports, table };
    expect(await receive(ports, { svixId: 'm', body: runComplete() }, 90)).toEqual({
      event: 'event-1',
      outcome: 'accepted',
    });
    gone = 1000;
    await expect(receive(ports, { svixId: 'm', body: runComplete() }, 90)).rejects.toBeInstanceOf(
      EventNotStoredError,
    );
    expect(sent(world)).toHaveLength(1);
  });
});
