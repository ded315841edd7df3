import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseExact } from '../../lambda/json/parse.ts';
import { connectLocal } from '../../ops/stage/local.ts';
import { run } from '../ops/support/command.ts';
import { begunCompletion, forgottenEvent, putItems, queueEvent } from './kit/forgotten.ts';
import { useWhole } from './kit/local-run.ts';
import { runComplete } from './kit/webhooks.ts';

const NEXT = randomUUID();
const whole = useWhole({ environment: { NEXT_WORKFLOW_ID: NEXT } });

/** Delivers a success whose summary is this JSON text, and waits for its end. */
async function deliver(summary: string) {
  const webhook = runComplete({ output_data: { summary: 'SUMMARY' } });
  const text = JSON.stringify(webhook).replace('"SUMMARY"', () => summary);
  expect((await whole().deliver(text)).status).toBe(200);
  return whole().finished(webhook.event_id);
}

/** The body of the request for a follow-up. */
const sentFor = ({ actions }: { actions: { key: string }[] }): string =>
  String(
    whole().run.fake?.state.requests.find(({ headers }) => headers['idempotency-key'] === actions[0]?.key)
      ?.body,
  );

describe('the digits of a number', () => {
  it.each(['9007199254740993', '12345678901234567890', '1234567890123456.78', '1e400'])(
    'the digits of %s reach the follow-up, and are shown, as they came',
    async (summary) => {
      const event = await deliver(summary);
      const shown = await run(['events', 'show', event.event_id, '--payload'], {
        connect: () => connectLocal(whole().run.url),
      });

      expect(event.state).toBe('processed');
      expect(sentFor(event)).toBe(`{"workflow_id":"${NEXT}","input_values":{"summary":${summary}}}`);
      expect(shown.out).toContain(`"summary": ${summary}\n`);
    },
  );

  it.each([
    ['9007199254740993', 'processed'],
    ['9007199254740995', 'failed'],
  ])(
    'the digits of a run decide whether a lost start of 9007199254740993 adopts it: with %s it is %s',
    async (summary, state) => {
      const values = parseExact(`{"id":"${randomUUID()}","summary":9007199254740993}`) as Record<
        string,
        unknown
      >;
      const event = forgottenEvent(values);
      const body = { workflow_id: NEXT, input_values: values };
      const shown = { ...values, summary: parseExact(summary) };
      whole().run.fake?.seedRun({ ...body, input_values: shown, created_at: event.received_at });
      await putItems(whole(), event, begunCompletion(event, body));

      await queueEvent(whole(), event);

      expect((await whole().finished(event.event_id)).state).toBe(state);
    },
  );

  it('a summary nested 5,000 levels deep fails with its own reason, and is not blamed on the rule', async () => {
    expect(await deliver(`${'['.repeat(5000)}9007199254740993${']'.repeat(5000)}`)).toMatchObject({
      state: 'failed',
      reason: 'too_deep',
    });
  });
});
