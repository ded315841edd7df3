import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { MINUTE } from '../../lambda/core/model/time.ts';
import { useWhole } from './kit/local-run.ts';
import { runComplete } from './kit/webhooks.ts';

/** A run that may have started is looked for once the list must show it, after two minutes. */
const LONG_WAIT = 10 * MINUTE;

const whole = useWhole({
  fake: { keyLifetimeMs: 0 },
  environment: { NEXT_WORKFLOW_ID: randomUUID(), REPEAT_UNANSWERED: 'false' },
});

it('an API that ignores idempotency keys starts one run per event with repeatUnanswered off, although responses are lost', async () => {
  const fake = whole().run.fake;
  fake?.faults.plant({ call: 'cyberdesk:POST /v1/runs', do: 'drop', when: 'after' });
  fake?.faults.plant({ call: 'cyberdesk:POST /v1/runs', do: 'fail', status: 503, when: 'after' });
  const summaries = Array.from({ length: 3 }, () => randomUUID());
  const webhooks = summaries.map((summary) => runComplete({ output_data: { summary } }));

  await Promise.all(webhooks.map((webhook) => whole().deliver(webhook)));
  const events = await Promise.all(webhooks.map(({ event_id }) => whole().finished(event_id, LONG_WAIT)));

  expect(events.map(({ state }) => state)).toEqual(summaries.map(() => 'processed'));
  expect(summaries.map((summary) => whole().runsFor(summary).length)).toEqual(summaries.map(() => 1));
});
