import { randomBytes, randomUUID } from 'node:crypto';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { useWhole } from './kit/local-run.ts';
import { waitFor } from './kit/wait.ts';
import { runComplete } from './kit/webhooks.ts';

const API_KEY = `cd_${randomUUID()}`;
const SECRET = `whsec_${randomBytes(24).toString('base64')}`;
const whole = useWhole({ webhookSecret: SECRET, cyberdeskApiKey: API_KEY });

/** A text that appears nowhere else. */
const canary = () => `canary-${randomUUID()}`;

/** A canary in each field of a payload that may hold personal data. */
function withCanaries() {
  const canaries: string[] = [];
  const one = () => {
    const text = canary();
    canaries.push(text);
    return text;
  };
  const run = {
    error: [one()],
    output_data: { summary: one(), nested: { deep: [one()] }, [one()]: 1 },
    input_values: { patient: one() },
    run_message_history: [{ text: one() }],
    sensitive_input_aliases: { password: one() },
    main_prompt: one(),
    session_alias: one(),
    user_id: one(),
    organization_id: one(),
    usage_metadata: { note: one() },
    input_attachment_ids: [one()],
    output_attachment_ids: [one()],
    post_run_checks: [
      { status: 'failed', name: one(), error_message: one(), messages: [one()], check_prompt: one() },
    ],
    field_of_tomorrow: one(),
  };
  return { run, envelope: { note: one() }, canaries };
}

/** Everything outside the table and the API: logs, metrics, topics, queues and responses. */
async function everythingSaid(answers: unknown[]): Promise<string> {
  const { run } = whole();
  const queues = await (await fetch(`${run.url}/_local/queues`)).text();
  const environment = run.fn('processor').environment;
  const client = new SQSClient({ region: 'us-east-1', endpoint: run.awsUrl, credentials: run.credentials });
  const inQueue = await client.send(
    new ReceiveMessageCommand({
      QueueUrl: environment.DLQ_URL,
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ['All'],
      VisibilityTimeout: 0,
    }),
  );
  return JSON.stringify([
    run.logs.lines,
    run.logs.metrics,
    run.calls.published,
    queues,
    inQueue.Messages,
    answers,
  ]);
}

describe('privacy', () => {
  it('logs, metrics and messages contain no value of a webhook, no secret and no signature, whatever happens to it', async () => {
    const answers: unknown[] = [];
    const seen: string[] = [SECRET.slice(6), API_KEY];
    const deliver = async (payload: unknown, headers: Record<string, string> = {}) => {
      answers.push(await whole().deliver(payload, { headers }));
    };
    const headerCanary = canary();
    seen.push(headerCanary);
    const { fake, faults } = whole().run;

    // Processed with a notification; rejected by the API with an echo of the body; unusable; ignored; forged.
    for (const [run, break_] of [
      [{ status: 'success' }, () => undefined],
      [{ status: 'error' }, () => undefined],
      [
        { status: 'success' },
        () => {
          const echo = canary();
          seen.push(echo);
          fake?.faults.plant({
            call: 'cyberdesk:POST /v1/runs*',
            do: 'fail',
            status: 422,
            body: { detail: [{ msg: echo, input: echo }] },
          });
        },
      ],
      [{ status: 'scheduling' }, () => undefined],
      [{ status: 'success', id: 7 }, () => undefined],
      // The table rejects a write: the SDK's error contains what was sent.
      [
        { status: 'success' },
        () =>
          faults.plant({ call: 'dynamodb:PutItem', do: 'fail', status: 400, error: 'ValidationException' }),
      ],
    ] as const) {
      const { canaries, run: fields, envelope } = withCanaries();
      seen.push(...canaries);
      break_();
      const webhook = runComplete({ ...fields, ...run }, envelope);
      await deliver(webhook, { 'x-custom': headerCanary, authorization: `Basic ${headerCanary}` });
      const event = await whole().event(webhook.event_id);
      if (event)
        await waitFor(
          'the event to settle',
          async () => (await whole().event(webhook.event_id))?.state !== 'received',
        );
    }
    const forged = withCanaries();
    seen.push(...forged.canaries);
    await deliver(runComplete(forged.run), { 'svix-signature': `v1,${headerCanary}` });
    await deliver(`{"broken": "${forged.canaries[0]}"`);

    const said = await everythingSaid(answers);
    expect(said.length).toBeGreaterThan(2000);
    for (const text of seen) expect(said.includes(text), 'a canary was said aloud').toBe(false);
    // Nor the signature of any delivery, sent or computed.
    expect(said).not.toMatch(/v1,[A-Za-z0-9+/]{40,}/);
  });

  it('logs contain the ids of a webhook, so that it can be followed', async () => {
    const webhook = runComplete();
    await whole().deliver(webhook);
    await whole().finished(webhook.event_id);

    expect(await everythingSaid([])).toContain(webhook.event_id);
  });
});
