import { describe, expect, it } from 'vitest';
import { type EventItem, eventKey } from '../../../lambda/core/model/index.ts';
import { readWebhook } from '../../../lambda/core/receive/read-webhook.ts';
import { receive } from '../../../lambda/core/receive/receive.ts';
import { runComplete, startNext } from '../support/webhooks.ts';
import { createWorld } from '../support/world.ts';

const run = { id: 'run-1', workflow_id: 'workflow-1', status: 'success' };

describe('a message of Svix itself', () => {
  it.each([
    [{ success: true }, 'svix.ping'],
    [{ event_type: 'svix.ping', success: true }, 'svix.ping'],
    [{ type: 'svix.ping', data: {} }, 'svix.ping'],
    [{ event_type: null, type: 'svix.other' }, 'svix.other'],
    [{ type: 'svix. ping' }, 'unknown'],
  ])('a message of Svix itself is ignored as a ping: %j', (payload, type) => {
    expect(readWebhook(payload)).toEqual({ kind: 'ignored', reason: 'svix_ping', facts: { type } });
  });

  it.each([
    [{ success: true, more: 1 }],
    [{ success: 'true' }],
    [{ success: false }],
    [[{ success: true }]],
    [{ type: 'endpoint.disabled', data: {} }],
    [{ id: 'run-1', workflow_id: 'workflow-1', status: 'success' }],
    [{ text: 'svix.ping' }],
    [{ type: 7, success: true }],
  ])('a message of Svix itself is not seen in %j, which a person must look at', (payload) => {
    expect(readWebhook(payload)).toMatchObject({ kind: 'unprocessable', reason: 'missing_fields' });
  });

  it('a message of Svix itself is not seen in a run_complete that has a field `type`, too', () => {
    const payload = { event_type: 'run_complete', type: 'svix.ping', run };

    expect(readWebhook(payload).kind).toBe('actionable');
  });
});

describe('a body that names no type and could have none', () => {
  it.each([[undefined], [null], [[]], ['text'], [5]])(
    'a body that names no type and could have none is listed as unknown: %j',
    (payload) => {
      expect(readWebhook(payload)).toMatchObject({ kind: 'unprocessable', facts: { type: 'unknown' } });
    },
  );

  it('a body that names no type and could have none is one event, also where an earlier release has listed it under another type', async () => {
    const { ports, model } = createWorld(startNext);
    const delivery = { svixId: 'msg_1', body: Buffer.from('no JSON') };
    const { event } = await receive(ports, delivery, 90);
    const stored = model.get(eventKey(event)) as EventItem;
    model.put({ ...stored, type: 'run_complete' } as EventItem, { tag: stored.tag });

    expect(await receive(ports, delivery, 90)).toMatchObject({ event: 'msg_1', outcome: 'duplicate' });
  });
});

it('a receipt says why an event is ignored', async () => {
  const { ports } = createWorld(startNext);
  const body = runComplete({ status: 'timed_out' });

  expect(await receive(ports, { svixId: 'msg_1', body }, 90)).toMatchObject({
    outcome: 'ignored',
    reason: 'unknown_status',
  });
});

describe('of two webhooks under one event id, about a run without an end', () => {
  const accept = (w: ReturnType<typeof createWorld>, svixId: string, ended_at?: string) =>
    receive(w.ports, { svixId, body: runComplete({ ended_at }, { event_id: 'constant' }) }, 90);

  it('a second webhook under one event id is another event if it is another message and no end is known', async () => {
    const w = createWorld(startNext);
    await accept(w, 'msg_1');

    expect(await accept(w, 'msg_2')).toMatchObject({ event: 'msg_2', outcome: 'accepted' });
    expect(await accept(w, 'msg_2')).toMatchObject({ event: 'msg_2', outcome: 'duplicate' });
  });

  it('a second webhook under one event id is a duplicate if it is the same message', async () => {
    const w = createWorld(startNext);
    await accept(w, 'msg_1');

    expect(await accept(w, 'msg_1')).toMatchObject({ event: 'constant', outcome: 'duplicate' });
  });

  it('a second webhook under one event id is a duplicate if both name the same end, whatever message it is', async () => {
    const w = createWorld(startNext);
    const end = '2026-11-25T09:59:00Z';
    await accept(w, 'msg_1', end);

    expect(await accept(w, 'msg_2', end)).toMatchObject({ event: 'constant', outcome: 'duplicate' });
  });
});
