import { createHash, randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { forgottenEvent, putItems } from './kit/forgotten.ts';
import { useWhole } from './kit/local-run.ts';

const whole = useWhole();

/** A webhook about a machine that is down, as Cyberdesk sends it. */
const downedMachines = (reason: string = randomUUID()) => ({
  event_id: randomUUID(),
  event_type: 'downed_machines',
  occurred_at: new Date().toISOString(),
  organization_id: 'org_1',
  machines: [
    {
      machine_id: randomUUID(),
      organization_id: 'org_1',
      name: null,
      status: 'disconnected',
      last_seen: new Date().toISOString(),
      reason,
    },
  ],
});

const noticesOf = (eventId: string) =>
  whole().run.calls.published.filter(({ message }) => message.includes(eventId));

it('people are notified once of machines that are down, however often the webhook comes', async () => {
  const webhook = downedMachines();

  for (let i = 0; i < 3; i += 1) expect((await whole().deliver(webhook)).status).toBe(200);
  const event = await whole().finished(webhook.event_id);

  expect(event).toMatchObject({
    state: 'processed',
    type: 'downed_machines',
    depth: 0,
    actions: [{ rule: 'notify-downed-machines', kind: 'notify', state: 'done' }],
  });
  expect(noticesOf(webhook.event_id).map(({ subject }) => subject)).toEqual(['Cyberdesk machines are down']);
  expect(JSON.stringify(whole().run.calls.published)).not.toContain(webhook.machines[0]?.reason);
});

it('an event that no rule is about is kept and ignored', async () => {
  const webhook = {
    event_id: randomUUID(),
    event_type: 'workflow_published',
    workflow: { id: randomUUID() },
  };

  expect(await whole().deliver(webhook)).toEqual({ status: 200, answer: { status: 'accepted' } });

  expect(await whole().finished(webhook.event_id)).toMatchObject({
    state: 'ignored',
    reason: 'unknown_event_type',
    actions: [],
  });
});

it('the sweeper sends another message for an event about machines that has lost its own', async () => {
  const {
    run_id: _run,
    workflow_id: _workflow,
    status: _status,
    ended_at: _end,
    ...event
  } = forgottenEvent();
  const body = Buffer.from(JSON.stringify({ ...downedMachines(), event_id: event.event_id }));
  await putItems(whole(), {
    ...event,
    type: 'downed_machines',
    body: gzipSync(body),
    body_sha256: createHash('sha256').update(body).digest('hex'),
    body_bytes: body.length,
  });

  await whole().run.sweep();

  expect(await whole().finished(event.event_id)).toMatchObject({ state: 'processed' });
  expect(noticesOf(event.event_id)).toHaveLength(1);
});
