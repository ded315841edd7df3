import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeStack } from '../../local/control/stack-state.ts';
import { type LocalRun, startLocal } from '../../local/run.ts';
import { connectLocal, localStage } from '../../ops/stage/local.ts';
import type { Stage } from '../../ops/stage/stage.ts';
import { run } from '../ops/support/command.ts';
import { ownFolder } from '../ops/support/own-folder.ts';
import { rulesFile } from '../ops/support/rules.ts';
import { TEST_APP } from '../support/test-app.ts';

/** What `docs/operate/permissions.md` says that `rules diff` needs of the table. */
const READS = ['dynamodb:Query', 'dynamodb:BatchGetItem', 'dynamodb:GetItem'];

describe('the verbs about rules, against the local run', () => {
  let local: LocalRun;
  beforeAll(async () => {
    local = await startLocal({ app: TEST_APP });
    await run(['send'], { connect: () => connectLocal(local.url) });
    await run(['send', '--set', 'run.status=error'], { connect: () => connectLocal(local.url) });
  });
  afterAll(() => local?.stop());

  const reader = (): Stage => {
    const arn = `${local.stack.data.tables[0]?.arn}`;
    const statement = { Effect: 'Allow' as const, Action: READS, Resource: [arn, `${arn}/index/*`] };
    return localStage(local.url, { ...describeStack(local), credentials: local.credentialsFor([statement]) });
  };

  /** All that could have changed. */
  const everything = async () => {
    const [events, queues] = await Promise.all(
      ['events', 'queues'].map(async (what) => (await fetch(`${local.url}/_local/${what}`)).json()),
    );
    return {
      events,
      queues,
      requests: local.fake?.state.requests.length,
      messages: local.calls.published.length,
    };
  };

  it('rules diff needs read-only credentials, and changes nothing', async () => {
    const folder = ownFolder({
      'follow-ups.ts': rulesFile("{ name: 'notify-failure', status: 'error', actions: () => publish() }"),
    });
    const before = await everything();

    const { code, json, err } = await run(
      ['rules', 'diff', '--since', '1h', '--json', '--rules', folder.path('follow-ups.ts')],
      { connect: async () => reader() },
    );

    expect(err).toBe('');
    expect(code).toBe(1);
    const { events, rules } = json() as { events: number; rules: { rule: string }[] };
    expect(events).toBe(2);
    expect(rules).toMatchObject([
      { rule: 'notify-failure', changed: 1, same: 0 },
      { rule: 'start-next-workflow', dropped: 1 },
    ]);
    expect(await everything()).toEqual(before);
  });

  it('such credentials can do no more than that', async () => {
    const { clients, outputs } = reader();
    const put = new PutItemCommand({
      TableName: outputs.tableName,
      Item: { pk: { S: 'a' }, sk: { S: 'a' } },
    });
    await expect(clients.dynamoDb.send(put)).rejects.toThrow(/not authorized to perform: dynamodb:PutItem/);
  });

  it('the local run has schemas for types and rules check, and takes others', async () => {
    const folder = ownFolder({
      'follow-ups.ts': rulesFile(
        "{ name: 'a', status: 'success', actions: ({ workflowIds }) => startRun({ workflow_id: workflowIds.next, input_values: { summary: 1 } }) }",
        "{ workflows: { next: 'required' } }",
      ),
    });
    const verb = (...argv: string[]) =>
      run([...argv, '--rules', folder.path('follow-ups.ts')], { connect: () => connectLocal(local.url) });

    expect((await verb('types')).code).toBe(0);
    expect(folder.read('cyberdesk.generated.ts')).toContain('summary: string;');
    const { code, out } = await verb('rules', 'check');
    expect([code, out]).toEqual([1, expect.stringMatching(/^rule a, workflow next: summary must be string/)]);

    const [id] = local.fake?.store.workflows.keys() ?? [];
    await fetch(`${local.cyberdeskUrl}/_control/workflows`, {
      method: 'POST',
      body: JSON.stringify({ id, input_schema: '{"properties":{"summary":{"type":"number"}}}' }),
    });
    expect((await verb('types', '--check')).out).toMatch(/^changed +next/);
    expect((await verb('rules', 'check')).code).toBe(0);
  });
});
