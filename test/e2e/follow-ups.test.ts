import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { useWhole } from './kit/local-run.ts';
import { waitFor } from './kit/wait.ts';
import { runComplete } from './kit/webhooks.ts';

const NEXT = randomUUID();
const whole = useWhole({ environment: { NEXT_WORKFLOW_ID: NEXT } });

describe('the shipped rules', () => {
  it('the shipped rules start the next workflow once per run, regardless of how many events report its end', async () => {
    const summary = randomUUID();
    const webhook = runComplete({ output_data: { summary } });
    const twin = { ...webhook, event_id: randomUUID() };

    await whole().deliver(webhook);
    await whole().deliver(twin);
    const [one, other] = await Promise.all([webhook, twin].map(({ event_id }) => whole().finished(event_id)));

    expect(whole().runsFor(summary)).toHaveLength(1);
    expect([one?.duplicate_of, other?.duplicate_of].filter(Boolean)).toHaveLength(1);
  });

  it('the shipped rules start the next workflow again after an in-place retry', async () => {
    const summary = randomUUID();
    const webhook = runComplete({ output_data: { summary } });
    const retried = {
      ...webhook,
      event_id: randomUUID(),
      run: { ...webhook.run, ended_at: new Date(Date.now() + 1000).toISOString() },
    };

    await whole().deliver(webhook);
    await whole().deliver(retried);
    await Promise.all([webhook, retried].map(({ event_id }) => whole().finished(event_id)));

    expect(whole().runsFor(summary)).toHaveLength(2);
  });

  it('the shipped rules do not follow the next workflow’s own success', async () => {
    const webhook = runComplete({ workflow_id: NEXT });

    await whole().deliver(webhook);
    const event = await whole().finished(webhook.event_id);

    expect(event.state).toBe('processed');
    expect(event.actions.some(({ kind }) => kind === 'startRun')).toBe(false);
  });

  it('a follow-up is sent with API key, body and idempotency key', async () => {
    const summary = randomUUID();
    const webhook = runComplete({ output_data: { summary } });

    await whole().deliver(webhook);
    const event = await whole().finished(webhook.event_id);

    const sent = whole().run.fake?.state.requests.find(({ body }) => body.toString().includes(summary));
    expect(sent?.headers.authorization).toBe(`Bearer ${whole().run.apiKey}`);
    expect(sent?.headers['idempotency-key']).toBe(event.actions[0]?.key);
    expect(JSON.parse(sent?.body.toString() ?? '')).toEqual({ workflow_id: NEXT, input_values: { summary } });
  });

  it('errors and failed tasks are notified, with ids and status only', async () => {
    const secretText = randomUUID();
    for (const status of ['error', 'task_failed']) {
      const webhook = runComplete({ status, error: [secretText], output_data: { summary: secretText } });

      await whole().deliver(webhook);
      await whole().finished(webhook.event_id);

      const notice = await waitFor('the notice', () =>
        whole().run.calls.published.find(
          ({ message, subject }) => message.includes(webhook.event_id) && /error|failed/.test(subject ?? ''),
        ),
      );
      expect(JSON.parse(notice.message)).toMatchObject({ run_id: webhook.run.id, status });
      expect(JSON.stringify(whole().run.calls.published)).not.toContain(secretText);
      expect(whole().runsFor(secretText)).toHaveLength(0);
    }
  });

  it('nothing happens after a cancelled run', async () => {
    const webhook = runComplete({ status: 'cancelled' });

    await whole().deliver(webhook);
    const event = await whole().finished(webhook.event_id);

    expect([event.state, event.actions]).toEqual(['processed', []]);
  });
});

describe('a rejected follow-up', () => {
  it('a rejected follow-up fails the event with its reason, and puts it in the dead-letter queue', async () => {
    const webhook = runComplete({ output_data: { summary: randomUUID() } });
    const fault = whole().run.fake?.faults.plant({
      call: 'cyberdesk:POST /v1/runs*',
      do: 'fail',
      status: 422,
      body: { detail: [] },
    });

    await whole().deliver(webhook);
    const event = await whole().finished(webhook.event_id);
    whole().run.fake?.faults.clear(fault?.id);

    expect(event).toMatchObject({ state: 'failed', reason: 'refused' });
    const queues = (await (await fetch(`${whole().run.url}/_local/queues`)).json()) as {
      dlq: { visible: number };
    };
    expect(queues.dlq.visible).toBeGreaterThan(0);
  });
});
