import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { useWhole } from './kit/local-run.ts';
import { deliver, runComplete } from './kit/webhooks.ts';

const whole = useWhole();
const BAD = { status: 400, answer: { error: 'bad_request' } };

describe('a webhook that is accepted', () => {
  it('a webhook starts one run with the mapped inputs', async () => {
    const summary = randomUUID();
    const webhook = runComplete({ output_data: { summary } });

    expect(await whole().deliver(webhook)).toEqual({ status: 200, answer: { status: 'accepted' } });

    const event = await whole().finished(webhook.event_id);
    const runs = whole().runsFor(summary);
    expect(event.state).toBe('processed');
    expect(runs).toHaveLength(1);
    expect(event.actions[0]).toMatchObject({ kind: 'startRun', state: 'done', run_ids: [runs[0]?.id] });
  });

  it('a webhook is accepted by PUT, with webhook-* headers, and with several signatures', async () => {
    const strange = `whsec_${randomBytes(24).toString('base64')}`;
    for (const options of [{ method: 'PUT' as const }, { prefix: 'webhook' }, { otherSecrets: [strange] }]) {
      expect((await whole().deliver(runComplete(), options)).status).toBe(200);
    }
  });

  it('a webhook is accepted as bytes that the gateway encodes in base64', async () => {
    const webhook = runComplete();
    const headers = { 'content-type': 'application/octet-stream' };

    expect((await whole().deliver(webhook, { headers })).status).toBe(200);
    expect((await whole().body(webhook.event_id)).toString()).toBe(JSON.stringify(webhook));
  });
});

describe('a duplicate', () => {
  it('a duplicate is answered with 200 and starts nothing', async () => {
    const summary = randomUUID();
    const webhook = runComplete({ output_data: { summary } });
    const id = `msg_${randomUUID()}`;

    await whole().deliver(webhook, { id });
    await whole().finished(webhook.event_id);
    const again = await whole().deliver(webhook, { id });

    expect(again).toEqual({ status: 200, answer: { status: 'duplicate' } });
    expect(whole().runsFor(summary)).toHaveLength(1);
  });

  it('a simultaneous duplicate starts nothing', async () => {
    const summary = randomUUID();
    const webhook = runComplete({ output_data: { summary } });

    const answers = await Promise.all([1, 2, 3, 4].map(() => whole().deliver(webhook)));
    await whole().finished(webhook.event_id);

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(answers.filter(({ answer }) => (answer as { status: string }).status === 'accepted')).toHaveLength(
      1,
    );
    expect(whole().runsFor(summary)).toHaveLength(1);
  });

  it('a webhook with the event id of another one is not a duplicate, because a transformation may send a constant id', async () => {
    const event_id = randomUUID();
    const [first, second] = [randomUUID(), randomUUID()];

    await whole().deliver(runComplete({ output_data: { summary: first } }, { event_id }));
    const id = `msg_${randomUUID()}`;
    const answer = await whole().deliver(runComplete({ output_data: { summary: second } }, { event_id }), {
      id,
    });
    await whole().finished(id);

    expect(answer.answer).toEqual({ status: 'accepted' });
    expect(whole().runsFor(second)).toHaveLength(1);
  });
});

describe('a webhook without a valid signature', () => {
  it('a webhook with a wrong secret, an old or future timestamp, or a changed body is rejected without details', async () => {
    const strange = `whsec_${randomBytes(24).toString('base64')}`;
    const webhook = runComplete();

    expect(await deliver(whole().run.webhookUrl, strange, webhook)).toEqual(BAD);
    expect(await whole().deliver(webhook, { at: Date.now() - 330_000 })).toEqual(BAD);
    expect(await whole().deliver(webhook, { at: Date.now() + 330_000 })).toEqual(BAD);
    expect(
      await whole().deliver(webhook, { sent: JSON.stringify(webhook).replace('success', 'Success') }),
    ).toEqual(BAD);
    expect(await whole().event(webhook.event_id)).toBeUndefined();
  });

  it('a webhook without headers, or with a timestamp that is not a number, is rejected', async () => {
    const webhook = runComplete();
    const time = String(Math.floor(Date.now() / 1000));

    expect(await whole().deliver(webhook, { headers: { 'svix-timestamp': `${time}abc` } })).toEqual(BAD);
    expect(await whole().deliver(webhook, { prefix: 'other' })).toEqual(BAD);
  });
});

describe('an authentic webhook that cannot lead to a run', () => {
  it('a webhook for an unfinished run (the portal’s test event) or with an unknown status is stored and ignored', async () => {
    for (const [status, reason] of [
      ['scheduling', 'not_terminal'],
      ['hibernating', 'unknown_status'],
    ] as const) {
      const webhook = runComplete({ status });

      expect(await whole().deliver(webhook)).toEqual({ status: 200, answer: { status: 'ignored' } });
      expect(await whole().event(webhook.event_id)).toMatchObject({ state: 'ignored', reason, actions: [] });
    }
  });

  it('an authentic but unusable webhook is kept, never rejected', async () => {
    const id = `msg_${randomUUID()}`;
    const broken = '{"run": ';

    expect(await whole().deliver(broken, { id })).toEqual({
      status: 202,
      answer: { status: 'unprocessable' },
    });
    expect(await whole().event(id)).toMatchObject({ state: 'unprocessable', reason: 'not_json' });
    expect((await whole().body(id)).toString()).toBe(broken);

    const webhook = runComplete({ workflow_id: undefined });
    expect((await whole().deliver(webhook)).status).toBe(202);
    expect(await whole().event(webhook.event_id)).toMatchObject({ reason: 'missing_fields' });
  });
});

describe('other requests', () => {
  it('requests to other paths or with other methods get 404', async () => {
    const { url, webhookUrl } = whole().run;

    expect((await fetch(webhookUrl)).status).toBe(404);
    expect((await fetch(webhookUrl, { method: 'DELETE' })).status).toBe(404);
    expect((await fetch(`${url}/webhooks/other`, { method: 'POST' })).status).toBe(404);
  });
});
