import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { User } from 'aws-cdk-lib/aws-iam';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { addStages, stackName } from '../../lib/add-stages.ts';
import type { CyberdeskWebhooks } from '../../lib/index.ts';
import { describeStack } from '../../local/control/stack-state.ts';
import type { PolicyStatement } from '../../local/template/model.ts';
import { localStage } from '../../ops/stage/local.ts';
import { ofType, testApp } from '../lib/support/synth.ts';
import { run } from '../ops/support/command.ts';
import { directly } from '../ops/support/stage.ts';
import { makeUnknown } from '../ops/support/unknown.ts';
import { useWhole } from './kit/local-run.ts';
import { waitFor } from './kit/wait.ts';
import { runComplete } from './kit/webhooks.ts';
import { settings } from './one-key/settings.ts';

const NEXT = 'aaaaaaaa-0000-4000-8000-000000000001';

/** With a key for every store, so that a grant must give its use as well. */
const whole = useWhole({
  app: fileURLToPath(new URL('one-key/app.ts', import.meta.url)),
  environment: { NEXT_WORKFLOW_ID: NEXT },
});

type GrantName = Extract<keyof CyberdeskWebhooks, `grant${string}`>;

/** Those for people. */
const GRANTS: readonly GrantName[] = [
  'grantReadEvents',
  'grantRedrive',
  'grantReplay',
  'grantSettle',
  'grantErase',
  'grantRestore',
  'grantSetSecrets',
];

/** What a grant of the construct allows its holder, with the ARNs of the local run. */
function statementsOf(grant: GrantName): PolicyStatement[] {
  const app = testApp();
  const [stack] = addStages(app, { dev: settings });
  if (stack === undefined) throw new Error('no stage');
  stack.webhooks[grant](new User(stack, 'OnCall')).assertSuccess();
  const { template } = app.synth().getStackByName(stackName('dev', settings));
  return ofType(template, 'AWS::IAM::Policy')
    .filter(([id]) => id.startsWith('OnCall'))
    .flatMap(([, { Properties }]) => inLocalRun(Properties.PolicyDocument.Statement) as PolicyStatement[]);
}

/** Replaces references by what they are in the local run, whose template has the same logical ids. */
function inLocalRun(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inLocalRun);
  if (typeof value !== 'object' || value === null) return value;
  const { stack } = whole().run;
  const resources = [stack.data.tables, stack.data.queues, stack.data.secrets].flat();
  const pseudo: Record<string, string> = {
    'AWS::Partition': 'aws',
    'AWS::Region': stack.region,
    'AWS::AccountId': stack.account,
  };
  const given: { Ref?: string; 'Fn::GetAtt'?: [string]; 'Fn::Join'?: [string, unknown[]] } = value;
  const id = given.Ref ?? given['Fn::GetAtt']?.[0];
  // The stack has one key.
  if (id !== undefined)
    return pseudo[id] ?? resources.find(({ logicalId }) => logicalId === id)?.arn ?? stack.data.keys[0]?.arn;
  const join = given['Fn::Join'];
  if (join) return (inLocalRun(join[1]) as string[]).join(join[0]);
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, inLocalRun(part)]));
}

const stageOf = (credentials = whole().run.credentials) =>
  localStage(whole().run.url, { ...describeStack(whole().run), credentials });

/** Runs a verb as someone who has one grant, and nothing else. */
const runUnder = (grant: GrantName, argv: readonly string[], input = '') =>
  run([...argv, '--json'], {
    input,
    connect: async () => stageOf(whole().run.credentialsFor(statementsOf(grant))),
  });

let processed: string;
beforeAll(async () => {
  const webhook = runComplete({ status: 'cancelled' });
  processed = webhook.event_id;
  await whole().deliver(webhook);
  await whole().finished(processed);
});

const accepted = async (webhook: unknown) =>
  expect(await whole().deliver(webhook)).toMatchObject({ status: 200 });

/** Delivers an event whose follow-up is refused. @returns its id, once it has failed */
async function refused(): Promise<string> {
  const { event_id, ...webhook } = runComplete();
  whole().run.fake?.faults.plant({ call: 'cyberdesk:POST /v1/runs*', do: 'fail', status: 422 });
  await accepted({ event_id, ...webhook });
  await expect(whole().finished(event_id)).resolves.toMatchObject({ state: 'failed', reason: 'refused' });
  return event_id;
}

/** Delivers an event of a run of its own, and waits until it is processed. */
async function delivered(run: Parameters<typeof runComplete>[0] = {}) {
  const webhook = runComplete({ status: 'cancelled', ...run });
  await accepted(webhook);
  await whole().finished(webhook.event_id);
  return webhook;
}

const tableArn = (): string => `${whole().run.stack.data.tables[0]?.arn}`;

const allowing = (Action: string, Resource: string | string[]) => ({ Effect: 'Allow', Action, Resource });

/** A table with what the stage's table holds, under a name as `restore --to` gives it. */
async function copyOfTable(): Promise<string> {
  const { awsUrl, credentials, stack } = whole().run;
  const client = new DynamoDBClient({ region: stack.region, endpoint: awsUrl, credentials });
  const { tableName } = stageOf().outputs;
  const TableName = `${tableName}-20261125T100000Z`;
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    }),
  );
  await waitUntilTableExists({ client, minDelay: 1, maxWaitTime: 30 }, { TableName });
  const { Items = [] } = await client.send(new ScanCommand({ TableName: tableName }));
  for (const Item of Items) await client.send(new PutItemCommand({ TableName, Item }));
  return TableName;
}

/** Marks an event as erased, as whoever may write events can. */
async function markErased(id: string): Promise<void> {
  const { awsUrl, credentials, stack } = whole().run;
  const client = new DynamoDBClient({ region: stack.region, endpoint: awsUrl, credentials });
  const { tableName: TableName } = stageOf().outputs;
  const Key = { pk: { S: `event#${id}` }, sk: { S: 'event' } };
  const { Item } = await client.send(new GetItemCommand({ TableName, Key }));
  const marked = { ...Item, ...Key, erased_at: { S: new Date().toISOString() } };
  await client.send(new PutItemCommand({ TableName, Item: marked }));
}

/** Waits until an event that was reopened is processed. */
const processedNow = (id: string) =>
  waitFor(`event ${id} to be processed`, async () => (await whole().event(id))?.state === 'processed');

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'grants-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'event.json');
}

const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;

describe('a grant alone is enough for the verbs that it is named for', () => {
  it.each([
    ['events list', () => ['events', 'list']],
    ['events show', () => ['events', 'show', processed]],
    ['events show --payload', () => ['events', 'show', processed, '--payload']],
    ['events save', () => ['events', 'save', processed, newFile()]],
    ['audit list', () => ['audit', 'list']],
  ])('grantReadEvents is enough for %s', async (_, argv) => {
    expect(await runUnder('grantReadEvents', argv())).toMatchObject({ code: 0, err: '' });
  });

  it('grantRedrive is enough for dlq list, dlq redrive, dlq drop and queues', async () => {
    const id = await refused();
    const { awsUrl, credentials, stack } = whole().run;
    const sqs = new SQSClient({ region: stack.region, endpoint: awsUrl, credentials });
    const QueueUrl = stageOf().outputs.deadLetterQueueUrl;
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'of someone else' }));

    const listed = await runUnder('grantRedrive', ['dlq', 'list']);
    const dropped = await runUnder('grantRedrive', ['dlq', 'drop', '--stuck']);
    const redriven = await runUnder('grantRedrive', ['dlq', 'redrive', id]);
    const queues = await runUnder('grantRedrive', ['queues']);

    expect(listed).toMatchObject({ code: 1, err: '' });
    expect(dropped).toMatchObject({ code: 0, err: '' });
    expect(redriven).toMatchObject({ code: 0, err: '' });
    expect(queues.err).toBe('');
    await processedNow(id);
  });

  it('grantReplay is enough for events replay, with and without new rules', async () => {
    const again = await runUnder('grantReplay', ['events', 'replay', processed, '--replan']);
    const all = await runUnder('grantReplay', ['events', 'replay', '--state', 'processed']);

    expect([again, all]).toMatchObject([
      { code: 0, err: '' },
      { code: 0, err: '' },
    ]);
  });

  it('grantSettle is enough for events settle', async () => {
    const id = await refused();
    await makeUnknown(directly(stageOf()), id, { workflow_id: NEXT });

    const argv = ['events', 'settle', id, '--action', '1', '--skip', '--yes'];
    expect(await runUnder('grantSettle', argv)).toMatchObject({ code: 0, err: '' });

    await processedNow(id);
  });

  it('grantErase is enough for events erase', async () => {
    const { event_id, run: of } = await delivered();

    const erased = await runUnder('grantErase', ['events', 'erase', '--run', of.id]);

    expect(erased).toMatchObject({ code: 0, err: '' });
    expect(erased.json()).toMatchObject({ erased: [event_id] });
    expect(statementsOf('grantErase')).toContainEqual(
      allowing('dynamodb:DescribeContinuousBackups', tableArn()),
    );
  });

  it('grantRestore allows the calls of a point-in-time recovery, which the local run does not have', () => {
    const statements = statementsOf('grantRestore');

    expect(statements).toContainEqual(
      allowing('dynamodb:RestoreTableToPointInTime', [tableArn(), `${tableArn()}-*`]),
    );
    expect(statements).toContainEqual(allowing('dynamodb:DescribeContinuousBackups', tableArn()));
    const onNewTables = statements.find(({ Resource }) => Resource === `${tableArn()}-*`);
    expect(onNewTables?.Action).toEqual(expect.arrayContaining(['dynamodb:DescribeTable', 'dynamodb:Scan']));
    expect(JSON.stringify(statements)).toContain('kms:CreateGrant');
  });

  it('grantSetSecrets is enough to set secrets and to revoke the previous one, without reading any', async () => {
    const set = await runUnder('grantSetSecrets', ['secret', 'set'], SECRET);
    const revoked = await runUnder('grantSetSecrets', ['secret', 'revoke-previous']);
    const key = await runUnder('grantSetSecrets', ['api-key', 'set'], 'cd_key');
    // The verifier remembers the secret of the tests below for a while only.
    const back = await runUnder('grantSetSecrets', ['secret', 'set'], `${whole().run.secret}`);

    expect([set, revoked, key, back]).toMatchObject([
      { code: 0, err: '' },
      { code: 0, err: '' },
      { code: 0, err: '' },
      { code: 0, err: '' },
    ]);
    expect(set.json()).toMatchObject({ outcome: 'rotated', previous: 'accepted' });
    const actions = statementsOf('grantSetSecrets').flatMap(({ Action = [] }) => Action);
    expect(actions).not.toContain('secretsmanager:GetSecretValue');
  });
});

describe('a grant is not enough for the verbs of another one', () => {
  const reading: GrantName[] = ['grantReadEvents', 'grantReplay', 'grantSettle', 'grantErase'];
  /** Each verb, the grants that are enough for it, and what it reads from standard input. */
  const verbs: readonly [name: string, argv: () => string[], enough: readonly GrantName[], input?: string][] =
    [
      ['events list', () => ['events', 'list'], reading],
      ['events show', () => ['events', 'show', processed], reading],
      ['events save', () => ['events', 'save', processed, newFile()], reading],
      ['audit list', () => ['audit', 'list'], reading],
      ['events replay', () => ['events', 'replay', processed, '--replan'], ['grantReplay', 'grantSettle']],
      ['events erase', () => ['events', 'erase', '--before', '1s', '--yes'], ['grantErase']],
      ['dlq list', () => ['dlq', 'list'], ['grantRedrive']],
      ['dlq drop', () => ['dlq', 'drop', '--stuck'], ['grantRedrive']],
      ['dlq redrive', () => ['dlq', 'redrive', '--all'], ['grantRedrive']],
      ['queues', () => ['queues'], ['grantRedrive']],
      [
        'restore',
        () => ['restore', '--from', 'CyberdeskWebhooks-other', '--to', '1h', '--yes'],
        ['grantRestore'],
      ],
      ['secret set', () => ['secret', 'set'], ['grantSetSecrets'], SECRET],
      ['secret revoke-previous', () => ['secret', 'revoke-previous'], ['grantSetSecrets']],
      ['api-key set', () => ['api-key', 'set'], ['grantSetSecrets'], 'cd_key'],
    ];
  const others = verbs.flatMap(([name, argv, enough, input]) =>
    GRANTS.filter((grant) => !enough.includes(grant)).map((grant) => [grant, name, { argv, input }] as const),
  );

  it.each(others)('%s is not enough for %s', async (grant, _, { argv, input }) => {
    const { code, err } = await runUnder(grant, argv(), input);

    expect(code).toBe(2);
    expect(err).toMatch(/AWS does not allow/);
  });

  it('a grant without the use of the key is not enough', async () => {
    const withoutKey = statementsOf('grantReadEvents').filter(
      ({ Action }) => !JSON.stringify(Action).includes('kms:'),
    );
    expect(withoutKey.length).toBeLessThan(statementsOf('grantReadEvents').length);

    const { err } = await run(['events', 'list', '--json'], {
      connect: async () => stageOf(whole().run.credentialsFor(withoutKey)),
    });

    expect(err).toMatch(/AWS does not allow kms:Decrypt/);
  });

  it('grantReplay does not let its holder change what is recorded of a follow-up', async () => {
    const id = await refused();
    await makeUnknown(directly(stageOf()), id, { workflow_id: NEXT });

    const argv = ['events', 'settle', id, '--action', '1', '--skip', '--yes'];
    expect(await runUnder('grantReplay', argv)).toMatchObject({
      code: 2,
      err: expect.stringContaining('AWS does not allow dynamodb:PutItem'),
    });
  });
});

it.each(GRANTS)('%s lets its holder find the stage by the name of its stack', (grant) => {
  const { stack } = whole().run;
  expect(statementsOf(grant)).toContainEqual({
    Effect: 'Allow',
    Action: 'cloudformation:DescribeStacks',
    Resource: `arn:aws:cloudformation:${stack.region}:${stack.account}:stack/CyberdeskWebhooks-dev/*`,
  });
});

// Last: from then on, what ended before the restore waits for a person.
it('grantRestore is enough for restore from a table that the verb makes', async () => {
  // A body in pieces, of which it is asked whether its event was erased.
  const { event_id } = await delivered({ output_data: { noise: randomBytes(60_000).toString('hex') } });
  const source = await copyOfTable();
  await markErased(event_id);

  const argv = ['restore', '--from', source, '--to', '1h', '--overwrite', 'all', '--yes'];
  const restored = await runUnder('grantRestore', argv);

  // A mark of which no erasure is on record is a finding: the grant lets its holder see that.
  expect(restored).toMatchObject({ code: 1, err: '' });
  const erased = [{ event_id, on_record: false }];
  expect(restored.json()).toMatchObject({ source, copied: expect.any(Number), erased });
  expect(await whole().event(event_id)).toBeDefined();
});
