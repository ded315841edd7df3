import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { EventItem, PutOutcome } from '../../../lambda/core/model/index.ts';
import { sha256 } from '../../../lambda/core/model/keys.ts';
import { EventNotStoredError, receive } from '../../../lambda/core/receive/receive.ts';
import { readBody } from '../../../lambda/core/store/body.ts';
import { runComplete, START, world } from '../kit.ts';

const take = (w: ReturnType<typeof world>, body = runComplete(), svixId = 'msg_1') =>
  receive(w.ports, { svixId, body }, 90);
const eventOf = (w: ReturnType<typeof world>, id: string) =>
  w.model.get({ pk: `event#${id}`, sk: 'event' }) as EventItem | undefined;
const sent = (w: ReturnType<typeof world>) => [...w.queue.messages.values()].map(({ body }) => body);

describe('receive', () => {
  it('stores the facts and the body, open and without expiry, and sends ids only', async () => {
    const w = world();
    w.system.dice = 0.99;
    const body = runComplete();
    expect(await take(w, body)).toEqual({ event: 'event-1', outcome: 'accepted' });
    const event = eventOf(w, 'event-1') as EventItem;
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
    expect(Buffer.from(await readBody(w.worker.table, event))).toEqual(body);
    expect(sent(w)).toEqual(['{"v":1,"event":"event-1"}']);
  });

  it('writes the pieces of a large body before its event', async () => {
    const w = world();
    const order: string[] = [];
    w.model.onPut = ({ sk }) => order.push(sk);
    const body = runComplete({ output_data: { noise: randomBytes(500_000).toString('base64') } });
    await take(w, body);
    expect(order).toEqual(['body', 'body', 'event']);
    const event = eventOf(w, 'event-1') as EventItem;
    expect(event).toMatchObject({ body_pieces: 2 });
    expect(event).not.toHaveProperty('body');
    expect(w.model.get({ pk: `body#${event.body_sha256}/1`, sk: 'body' })?.ttl).toBe(
      START / 1000 + 90 * 86_400,
    );
    expect(Buffer.compare(await readBody(w.worker.table, event), body)).toBe(0);
  });

  it.each([
    ['ignored', runComplete({ status: 'running' }), 'not_terminal'],
    ['unprocessable', Buffer.from('no json'), 'not_json'],
  ])('stores what is %s, with an expiry, and sends nothing', async (outcome, body, reason) => {
    const w = world();
    const receipt = await take(w, body);
    expect(receipt.outcome).toBe(outcome);
    const event = eventOf(w, receipt.event);
    expect(event).toMatchObject({
      state: outcome,
      reason,
      finished_at: '2026-11-25T10:00:00.000Z',
      ttl: START / 1000 + 90 * 86_400,
    });
    expect(event).not.toHaveProperty('open');
    expect(sent(w)).toEqual([]);
    expect((await take(w, body)).outcome).toBe('duplicate');
  });

  it('sends again for a duplicate that is still unfinished, and only then', async () => {
    const w = world();
    await take(w);
    expect(await take(w, runComplete(), 'msg_2')).toEqual({ event: 'event-1', outcome: 'duplicate' });
    expect(sent(w)).toHaveLength(2);
    w.model.force({ ...(eventOf(w, 'event-1') as EventItem), state: 'processed' });
    await take(w, runComplete(), 'msg_3');
    expect(sent(w)).toHaveLength(2);
  });

  it('keeps another event under the same id by its delivery', async () => {
    const w = world();
    await take(w);
    const changes = [
      { id: 'run-2' },
      { status: 'error' },
      { ended_at: '2026-11-25T11:00:00Z' },
      { ended_at: null },
    ];
    for (const [index, change] of changes.entries()) {
      const receipt = await take(w, runComplete(change), `msg_${index + 2}`);
      expect(receipt).toEqual({ event: `msg_${index + 2}`, outcome: 'accepted' });
      expect((await take(w, runComplete(change), `msg_${index + 2}`)).outcome).toBe('duplicate');
    }
    const other = runComplete({}, { event_type: 'other' });
    expect((await take(w, other, 'msg_9')).event).toBe('msg_9');
  });

  it('keeps even those apart that share both ids', async () => {
    const w = world();
    await take(w);
    await take(w, runComplete({ id: 'run-2' }), 'msg_1');
    const { event, outcome } = await take(w, runComplete({ id: 'run-3' }), 'msg_1');
    expect(outcome).toBe('accepted');
    expect(event).toMatch(/^msg_1~[0-9a-f]{64}$/);
    expect((await take(w, runComplete({ id: 'run-3' }), 'msg_1')).outcome).toBe('duplicate');
  });

  it('tells bodies without a run apart by their bytes', async () => {
    const w = world();
    const first = await take(w, Buffer.from('{"event_id":"x","run":{}}'), 'msg_1');
    expect(first.event).toBe('x');
    expect((await take(w, Buffer.from('{"event_id":"x","run":{}}'), 'msg_2')).outcome).toBe('duplicate');
    expect(await take(w, Buffer.from('{"event_id":"x","run":{ }}'), 'msg_3')).toMatchObject({
      event: 'msg_3',
    });
  });

  it('never cuts an id', async () => {
    const w = world();
    const long = `msg_${'x'.repeat(200)}`;
    const { event } = await take(w, runComplete({}, { event_id: 'bad id' }), long);
    expect(event).toBe(`svix:${sha256(long)}`);
    expect((await take(w, runComplete({}, { event_id: null }), `${long}y`)).event).not.toBe(event);
    expect((await take(w, runComplete({}, { event_id: 'x'.repeat(128) }))).event).toBe('x'.repeat(128));
  });

  it('does not send a message when the event could not be written', async () => {
    const w = world();
    const table = { ...w.ports.table, put: () => Promise.reject(new Error('down')) };
    await expect(receive({ ...w.ports, table }, { svixId: 'm', body: runComplete() }, 90)).rejects.toThrow(
      'down',
    );
    expect(sent(w)).toEqual([]);
  });

  it('counts its own write, repeated by the SDK, as success', async () => {
    const w = world();
    const table = {
      ...w.ports.table,
      put: async (...args: Parameters<typeof w.ports.table.put>): Promise<PutOutcome> => {
        await w.ports.table.put(...args);
        return w.ports.table.put(...args);
      },
    };
    const receipt = await receive({ ...w.ports, table }, { svixId: 'm', body: runComplete() }, 90);
    expect(receipt.outcome).toBe('accepted');
  });

  it('tries again where the item in its way has just expired, and tells when it may not', async () => {
    const w = world();
    let gone = 2;
    const table = {
      ...w.ports.table,
      put: async (...args: Parameters<typeof w.ports.table.put>): Promise<PutOutcome> => {
        gone -= 1;
        return gone >= 0 ? { kind: 'conflict' } : w.ports.table.put(...args);
      },
    };
    const ports = { ...w.ports, table };
    expect(await receive(ports, { svixId: 'm', body: runComplete() }, 90)).toEqual({
      event: 'event-1',
      outcome: 'accepted',
    });
    gone = 1000;
    await expect(receive(ports, { svixId: 'm', body: runComplete() }, 90)).rejects.toBeInstanceOf(
      EventNotStoredError,
    );
    expect(sent(w)).toHaveLength(1);
  });
});
