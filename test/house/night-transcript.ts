import { EXAMPLE_NEXT_WORKFLOW_ID } from '../../local/cyberdesk-api/examples.ts';
import { startLocal } from '../../local/run.ts';
import { waitFor } from '../e2e/kit/wait.ts';
import { deliver, runComplete } from '../e2e/kit/webhooks.ts';
import { Night, newSecret } from '../e2e/on-call/night.ts';
import { TEST_APP } from '../support/test-app.ts';

/** Names of the transcripts of a night on call, in their order. */
export const NIGHT = [
  'night-doctor',
  'night-secret',
  'night-workflow',
  'night-event',
  'night-redrive',
] as const;

type Name = (typeof NIGHT)[number];

const SHOWN_PORT = 8787;

/** What a person on call does in one night, against a local run in which four things go wrong. In this process. */
export async function recordNight(): Promise<ReadonlyMap<Name, string>> {
  const environment = { NEXT_WORKFLOW_ID: EXAMPLE_NEXT_WORKFLOW_ID };
  const night = new Night(await startLocal({ app: TEST_APP, environment }));
  try {
    return await recordWith(night);
  } finally {
    await night.run.stop();
  }
}

async function recordWith(night: Night): Promise<ReadonlyMap<Name, string>> {
  const transcripts = new Map<Name, string>();
  /** Calls a verb; what it prints is added to a transcript. */
  const record = async (name: Name, words: string, input = '') => {
    const { out } = await night.call(words.replace(/ <.*/, '').split(' '), { input, columns: 80 });
    const before = transcripts.has(name) ? `${transcripts.get(name)}\n\n` : '';
    transcripts.set(name, `${before}$ npx --no cyberdesk-webhooks ${words}\n${asShown(night, out)}`);
  };
  const { failed, secret, refused } = await goWrong(night);
  await record('night-doctor', 'doctor --no-probe');

  await record('night-secret', 'secret set < secret.txt', secret);
  night.chill();
  for (const event of refused) await deliver(night.run.webhookUrl, secret, event);
  for (const { event_id } of refused) await night.finished(event_id);
  await record('night-secret', 'events list');

  await record('night-workflow', 'workflows list');
  await record('night-workflow', `workflows enable ${EXAMPLE_NEXT_WORKFLOW_ID}`);

  await record('night-event', `events show ${failed}`);

  night.fake.faults.clear();
  await record('night-redrive', 'dlq redrive --all');
  await waitFor('the redriven event', async () => (await night.event(failed))?.state === 'processed');
  await record('night-redrive', `events show ${failed}`);
  return transcripts;
}

/** Inputs are refused, the endpoint's secret was replaced, a machine is down, and a workflow sends no webhooks. */
async function goWrong(night: Night) {
  const { fake, run } = night;
  const body = { detail: [{ loc: ['body', 'input_values', 'summary'], type: 'string_type' }] };
  fake.faults.plant({ call: 'cyberdesk:POST /v1/runs', do: 'fail', status: 422, body, times: 'always' });
  const failed = await night.finishes('', { output_data: { summary: 'three invoices filed' } });
  const secret = newSecret();
  const refused = [runComplete({ status: 'error' }), runComplete({ status: 'task_failed' })];
  for (const event of refused) await deliver(run.webhookUrl, secret, event);
  fake.reportDowned({ name: 'desk 7' });
  fake.seedWorkflow({ id: EXAMPLE_NEXT_WORKFLOW_ID, is_webhooks_enabled: false });
  return { failed, secret, refused };
}

const asShown = ({ run: { url } }: Night, text: string): string =>
  text
    .replaceAll(` --stage local:${new URL(url).port}`, '')
    .replaceAll(new URL(url).host, `127.0.0.1:${SHOWN_PORT}`)
    .trimEnd();
