import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { User } from 'aws-cdk-lib/aws-iam';
import { expect, it } from 'vitest';
import { grantReadEvents } from '../../lib/grants.ts';
import type { Installation } from '../../lib/installation.ts';
import { describeStack } from '../../local/control/stack-state.ts';
import type { PolicyStatement } from '../../local/template/model.ts';
import { localStage } from '../../ops/stage/local.ts';
import type { Stage } from '../../ops/stage/stage.ts';
import { run } from '../ops/support/command.ts';
import { useWhole, type Whole } from './kit/local-run.ts';
import { waitFor } from './kit/wait.ts';
import { runComplete } from './kit/webhooks.ts';

const NEXT = 'aaaaaaaa-0000-4000-8000-000000000001';

const environment = { NEXT_WORKFLOW_ID: NEXT };
/** One local run plays the deployed stage, the other is that of the laptop. */
const deployed = useWhole({ environment });
const laptop = useWhole({ environment });

/** What `grantReadEvents` of the construct allows. */
function readGrant(tableArn: string): PolicyStatement[] {
  const stack = new Stack(new App(), 'Grants');
  const topics = { encryption: { key: undefined, previous: [] } };
  const stores = { eventsTable: { table: { tableArn } }, topics } as unknown as Installation;
  grantReadEvents(new User(stack, 'OnCall'), stores);
  const policies = Template.fromStack(stack).findResources('AWS::IAM::Policy');
  return Object.values(policies).flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
}

const readOnly = (): Stage =>
  localStage(deployed().run.url, {
    ...describeStack(deployed().run),
    credentials: deployed().run.credentialsFor(readGrant(`${deployed().run.stack.data.tables[0]?.arn}`)),
  });

/** All that a write could have changed, besides the audit. */
async function everything({ run }: Whole) {
  const [events, queues] = await Promise.all(
    ['events', 'queues'].map(async (what) => (await fetch(`${run.url}/_local/${what}`)).json()),
  );
  return { events, queues, requests: run.fake?.state.requests.length, messages: run.calls.published.length };
}

it('listen needs the read grant of the construct only, changes nothing in the stage, and the laptop acts on each event once', async () => {
  const words = Array.from({ length: 40_000 }, (_, index) => (index * 7919).toString(36)).join(' ');
  const webhooks = [
    runComplete({ output_data: { summary: 'one' } }),
    runComplete({ output_data: { summary: 'two', words } }),
    runComplete({ status: 'error', output_data: null }),
  ];
  for (const webhook of webhooks) {
    await deployed().deliver(webhook);
    await deployed().finished(webhook.event_id);
  }
  const before = await everything(deployed());
  const argv = ['listen', '--since', '1h', '--to', laptop().run.webhookUrl, '--json'];

  const listening = run(argv, { connect: async () => readOnly() });
  for (const { event_id } of webhooks)
    await waitFor(`event ${event_id} on the laptop`, () => laptop().event(event_id));
  process.emit('SIGINT');
  const { code, out } = await listening;

  const lines = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(code).toBe(0);
  expect(lines.slice(0, -1).map(({ event_id, answer }) => [event_id, answer])).toEqual(
    webhooks.map(({ event_id }) => [event_id, 'accepted']),
  );
  expect(lines.at(-1)).toMatchObject({ sent: 3, failed: 0, skipped: 0 });
  for (const { event_id } of webhooks) {
    expect(await laptop().finished(event_id)).toMatchObject({ state: 'processed' });
    expect(await laptop().body(event_id)).toEqual(await deployed().body(event_id));
  }
  expect(laptop().runsFor('one')).toHaveLength(1);
  expect(await everything(deployed())).toEqual(before);
});

it('listen again is answered with duplicates, which start nothing', async () => {
  const before = laptop().run.fake?.state.runs().length;
  const argv = ['listen', '--since', '1h', '--to', laptop().run.webhookUrl, '--json'];
  let out = '';

  const listening = run(argv, { connect: async () => readOnly() }).then((ran) => {
    out = ran.out;
  });
  await waitFor('the last duplicate', async () => {
    const response = await fetch(`${laptop().run.url}/_local/logs`);
    return ((await response.text()).match(/duplicate/g) ?? []).length >= 3;
  });
  process.emit('SIGINT');
  await listening;

  const answers = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).answer);
  expect(answers.slice(0, 3)).toEqual(['duplicate', 'duplicate', 'duplicate']);
  expect(laptop().run.fake?.state.runs()).toHaveLength(before ?? -1);
});

it('a local run says whether its API is its own fake one, which listen goes by', () => {
  const { run } = laptop();

  expect(describeStack(run).cyberdesk_is_fake).toBe(true);
  expect(describeStack({ ...run, fake: undefined }).cyberdesk_is_fake).toBe(false);
});
