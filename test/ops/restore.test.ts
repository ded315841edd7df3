import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { FENCE_KEY } from '../../lambda/core/model/index.ts';
import { followUps, startRun } from '../../lambda/rules/index.ts';
import { processIo } from '../../ops/cli/io.ts';
import { connectDeployed } from '../../ops/stage/deployed.ts';
import { awsError, stackOutputs, stubAws } from './support/aws.ts';
import { run } from './support/command.ts';
import { backUp, itemsOf } from './support/tables.ts';
import { useStage } from './support/use-stage.ts';

/** A rule whose runs differ. */
const follow = followUps({
  name: 'follow',
  status: 'success',
  actions: ({ run }) => startRun({ workflow_id: 'next', input_values: { of: run.id } }),
});

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

describe('restore --from', () => {
  const here = useStage(() => ({ name: 'prod' }));
  const connect = async () => here.stage;
  const call = (...argv: string[]) => run(['restore', ...argv, '--yes'], { connect });

  beforeEach(() => {
    here.service.rules = follow;
  });

  /** The stage has an empty table: the one before was lost. */
  async function loseTable(): Promise<void> {
    Object.assign(here.stage.outputs, { tableName: await here.emulators.createTable() });
  }

  const events = async () => {
    const { json } = await run(['events', 'list', '--json', '--limit', '100'], { connect });
    return (json() as { events: { event_id: string; state: string; reason?: string }[] }).events;
  };

  it('restore loses nothing from before the point and doubles nothing after it, however often webhooks come again', async () => {
    const bodies = Array.from({ length: 9 }, (_, n) => body(n));
    for (const one of bodies.slice(0, 3)) await here.service.receive(one);
    await here.service.work();
    for (const one of bodies.slice(3, 6)) await here.service.receive(one);
    const point = new Date().toISOString();
    const backup = await backUp(here);
    // After the point: three that were open are done, and three more come and are done.
    for (const one of bodies.slice(6)) await here.service.receive(one);
    await here.service.work();
    expect(here.service.created).toHaveLength(9);
    await loseTable();

    const { json, code } = await call('--from', backup, '--to', point, '--json');

    expect([code, json()]).toMatchObject([0, { kind: 'copied', source: backup, kept: 0, expired: 0 }]);
    expect(await events()).toHaveLength(6);
    // Svix sends everything again, twice.
    for (const one of [...bodies, ...bodies]) await here.service.receive(one);
    await here.service.work();
    expect(here.service.created).toHaveLength(9);
    const after = await events();
    expect(after).toHaveLength(9);
    expect(after.filter(({ state }) => state === 'processed')).toHaveLength(3);
    expect(after.filter(({ reason }) => reason === 'restored')).toHaveLength(6);
    const { out } = await run(['events', 'show', 'event-8'], { connect });
    expect(out).toContain('action 1 may have been carried out before the table was restored');
    expect(out).toContain('events settle event-8 --action 1 --skip');
  });

  it('restore lists an unfinished event for the sweeper, which is past the time at which it came', async () => {
    const id = await here.service.deliver();
    const backup = await backUp(here);
    await loseTable();

    await call('--from', backup, '--to', '1m');

    expect((await itemsOf(here)).find(({ pk }) => pk?.S === `event#${id}`)?.open?.S).toMatch(/^[0-7]$/);
  });

  it('restore writes nothing over what the table has without --overwrite', async () => {
    const id = await here.service.deliver();
    const backup = await backUp(here);
    await here.service.work();
    const before = await itemsOf(here);

    const { json } = await call('--from', backup, '--to', '1m', '--json');

    expect(json()).toMatchObject({ copied: 0, kept: 1 });
    const isFence = ({ pk }: (typeof before)[number]) =>
      pk?.S === FENCE_KEY.pk || pk?.S?.startsWith('audit#');
    expect((await itemsOf(here)).filter((item) => !isFence(item))).toEqual(
      expect.arrayContaining(before.filter((item) => !isFence(item))),
    );
    await call('--from', backup, '--to', '1m', '--overwrite', 'events');
    expect(await events()).toMatchObject([{ event_id: id, state: 'received' }]);
  });

  it('restore --overwrite events keeps what is known of the work that was done', async () => {
    await here.service.deliver();
    const backup = await backUp(here);
    await here.service.work();

    await call('--from', backup, '--to', '1m', '--overwrite', 'events');
    await here.service.work();
    await run(['events', 'replay', '--state', 'received', '--yes'], { connect });
    await here.service.work();

    expect(await events()).toMatchObject([{ state: 'processed' }]);
    expect(here.service.created).toHaveLength(1);
  });

  it('restore leaves out what has expired, and how far the sweeper got', async () => {
    await here.service.deliver();
    const backup = await backUp(here);
    const put = (pk: string, more = {}) =>
      here.emulators.dynamoDb.send(
        new PutItemCommand({ TableName: backup, Item: { pk: { S: pk }, sk: { S: 'x' }, ...more } }),
      );
    await put('control#sweep');
    await put('event#old', { ttl: { N: '1000' } });
    await loseTable();

    const { json } = await call('--from', backup, '--to', '1m', '--json');

    expect(json()).toMatchObject({ copied: 1, expired: 1 });
    expect(
      (await itemsOf(here)).map(({ pk }) => pk?.S).filter((pk) => /^(control|event)#/.test(pk ?? '')),
    ).toEqual(expect.not.arrayContaining(['control#sweep', 'event#old']));
  });

  it('restore is on record, with what it copied', async () => {
    await here.service.deliver();
    await call('--from', await backUp(here), '--to', '1m', '--reason', 'CASE-7');

    const { json } = await run(['audit', 'list', '--json'], { connect });
    expect(json()).toMatchObject({
      entries: [{ verb: 'restore', because: 'CASE-7', result: '0 copied, 1 kept, 0 expired' }],
    });
  });

  it('a second restore widens the fence of the first', async () => {
    await here.service.deliver();
    const backup = await backUp(here);
    const first = (await call('--from', backup, '--to', '2026-11-01T00:00:00Z', '--json')).json();
    const second = (await call('--from', backup, '--to', '1m', '--json')).json();

    expect(first).toMatchObject({ point: '2026-11-01T00:00:00.000Z' });
    expect(second).toMatchObject({ point: '2026-11-01T00:00:00.000Z' });
  });

  it('a second restore keeps the fence that the source holds, although the stage has lost its own, so that a redrive starts nothing twice', async () => {
    const empty = await here.emulators.createTable();
    const webhook = { event_id: 'event-x', run: { id: 'run-x', ended_at: ago(125) } };
    await here.service.deliver(webhook);
    await here.service.work();
    // Started so long ago that its idempotency key is forgotten.
    Object.assign(here.service.created[0] as object, { created_at: ago(120), key: 'forgotten' });
    await loseTable();
    const { json: first } = await call('--from', empty, '--to', ago(180), '--json');
    // Point-in-time recovery has the table with its fence.
    const backup = await backUp(here);
    await loseTable();

    const { json: second } = await call('--from', backup, '--to', ago(30), '--json');

    expect((second() as { point: string }).point).toBe((first() as { point: string }).point);
    await here.service.deliver(webhook);
    await here.service.work();
    expect(await events()).toMatchObject([{ state: 'failed', reason: 'restored' }]);
    await run(['dlq', 'redrive', '--reason', 'restored', '--yes'], { connect });
    await here.service.work();
    expect(here.service.created).toHaveLength(1);
  });

  it.each([
    ['no time', ['--from', 'x'], 'say with --to'],
    ['nothing', [], 'no time was given'],
    ['a time to come', ['--to', '2999-01-01'], 'in the future'],
    ['--deleted and a time', ['--deleted', '--to', '1h'], 'takes no --to'],
    ['--deleted and a choice', ['--deleted', '--overwrite', 'all'], 'takes no --to'],
    ['an empty name', ['--from', '', '--to', '1h'], 'an empty name'],
    ['a table that does not exist', ['--from', 'nowhere', '--to', '1h'], 'table nowhere does not exist'],
    [
      'a choice of what was erased that is not to be written over',
      ['--to', '1h', '--overwrite-erased', 'all'],
      'use it with --overwrite events',
    ],
    ['an unknown choice', ['--to', '1h', '--overwrite', 'x'], 'Allowed choices'],
  ])('restore with %s is refused in one line, and changes nothing', async (_, argv, text) => {
    const { code, err } = await call(...argv);

    expect([code, err]).toEqual([2, expect.stringContaining(text)]);
    expect((await itemsOf(here)).filter(({ pk }) => pk?.S === FENCE_KEY.pk)).toEqual([]);
  });

  it('restore --deleted of a table that was not deleted is refused in the local run as well', async () => {
    const { code, err } = await call('--deleted');
    expect([code, err]).toEqual([2, expect.stringContaining('is there, and was not deleted')]);
  });

  it('restore refuses to copy a table into itself', async () => {
    const { err } = await call('--from', here.stage.outputs.tableName, '--to', '1h');
    expect(err).toContain('itself');
  });

  it('restore asks first in prod', async () => {
    const { code, err } = await run(['restore', '--to', '1h'], { connect });
    expect([code, err]).toEqual([2, expect.stringContaining('--yes')]);
  });
});

/** DynamoDB as far as a restore asks it; what it holds is by table name. */
function account({
  deleted = false,
  revived = false,
  backups = true,
  keepsBackups = true,
  statuses = ['ACTIVE'],
  answers = {},
} = {}) {
  const tables = new Set(deleted ? [] : ['events']);
  const restored = new Set(revived ? ['events'] : []);
  const left = [...statuses];
  const tooEarly = [true];
  let expires = 'DISABLED';
  const template = {
    Resources: {
      Table: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: keepsBackups },
          Tags: [{ Key: 'team', Value: 'claims' }],
        },
      },
    },
    Outputs: { TableName: { Value: { Ref: 'Table' } } },
  };
  const item = { pk: { S: 'event#1' }, sk: { S: 'event' } };
  const create = ({ TargetTableName }: Record<string, unknown>) => {
    tables.add(String(TargetTableName));
    restored.add(String(TargetTableName));
    return {};
  };
  return stubAws({
    DescribeStacks: { Stacks: [{ StackStatus: 'CREATE_COMPLETE', Outputs: stackOutputs() }] },
    GetTemplate: { TemplateBody: JSON.stringify(template) },
    GetCallerIdentity: { Arn: 'arn:aws:iam::1:user/ada' },
    DescribeTable: ({ TableName }: Record<string, unknown>) =>
      tables.has(String(TableName))
        ? {
            Table: {
              TableArn: `arn:${TableName}`,
              TableStatus: left.length > 1 ? left.shift() : left[0],
              KeySchema: [{ AttributeName: 'pk' }, { AttributeName: 'sk' }],
              // As AWS does from then on.
              ...(restored.has(String(TableName)) && { RestoreSummary: { RestoreInProgress: false } }),
            },
          }
        : awsError('ResourceNotFoundException'),
    DescribeContinuousBackups: {
      ContinuousBackupsDescription: {
        PointInTimeRecoveryDescription: backups
          ? {
              EarliestRestorableDateTime: new Date(Date.now() - 3_600_000),
              LatestRestorableDateTime: new Date(Date.now() - 300_000),
            }
          : {},
      },
    },
    ListBackups: {
      BackupSummaries: backups
        ? [
            { BackupArn: 'arn:older', BackupCreationDateTime: new Date(1) },
            { BackupArn: 'arn:newest', BackupCreationDateTime: new Date(2) },
          ]
        : [],
    },
    RestoreTableToPointInTime: create,
    RestoreTableFromBackup: create,
    DescribeTimeToLive: () => ({ TimeToLiveDescription: { TimeToLiveStatus: expires } }),
    UpdateTimeToLive: () => {
      // As AWS does.
      if (expires === 'ENABLED') return awsError('ValidationException', 'TimeToLive is already enabled');
      expires = 'ENABLED';
      return {};
    },
    UpdateContinuousBackups: () => (tooEarly.pop() ? awsError('ContinuousBackupsUnavailableException') : {}),
    UpdateTable: {},
    TagResource: {},
    ListTables: () => ({ TableNames: [...tables].filter((name) => name > 'events-').toSorted() }),
    Scan: { Items: [item] },
    GetItem: {},
    PutItem: {},
    ...answers,
  });
}

/** A time as a restore takes it: DynamoDB knows whole seconds. */
const secondOf = (at: number) => new Date(Math.floor(at / 1000) * 1000).toISOString();

describe('restore on AWS', () => {
  const sleep = async () => undefined;
  const clock = { now: Date.now, sleep };
  const restoreAt = (time: Partial<typeof clock>, aws: ReturnType<typeof account>, ...argv: string[]) =>
    run(['restore', ...argv, '--stage', 'prod', '--yes'], {
      connect: (options) => connectDeployed({ ...options, region: 'eu-west-1' }, aws.clients),
      clock: { ...clock, ...time },
    });
  const restoreIn = (aws: ReturnType<typeof account>, ...argv: string[]) => restoreAt({}, aws, ...argv);
  const namesOf = (aws: ReturnType<typeof account>) => aws.calls.map(({ name }) => name);

  it('restore --to makes a table of that moment, without indexes, waits for it, and copies from it behind a fence', async () => {
    const aws = account({ statuses: ['CREATING', 'CREATING', 'ACTIVE'] });

    const { code, out } = await restoreIn(aws, '--to', '10m');

    expect(code).toBe(0);
    const input = aws.called('RestoreTableToPointInTime')[0]?.input ?? {};
    expect(input).toMatchObject({ SourceTableName: 'events', GlobalSecondaryIndexOverride: [] });
    expect(input.TargetTableName).toMatch(/^events-\d{8}T\d{6}Z$/);
    const written = aws.called('PutItem').map(({ input }) => (input.Item as { pk: { S: string } }).pk.S);
    expect(written.filter((pk) => !pk.startsWith('audit#'))).toEqual([FENCE_KEY.pk, 'event#1', FENCE_KEY.pk]);
    expect(out).toContain('1 items copied');
    expect(out).toMatch(/reconcile --since \S+ --apply --stage prod/);
    expect(out).toContain('dlq list --reason restored --stage prod');
  });

  it('a restore that was interrupted goes on with the table that it made', async () => {
    const aws = account();
    const at = new Date(Date.now() - 600_000).toISOString();

    await restoreIn(aws, '--to', at);
    await restoreIn(aws, '--to', at);

    expect(aws.called('RestoreTableToPointInTime')).toHaveLength(1);
    expect(aws.called('Scan').map(({ input }) => input.TableName)).toEqual(
      Array(4).fill(expect.stringMatching(/^events-/)),
    );
  });

  it('restore that is interrupted while the table is being made writes nothing, and says how to go on', async () => {
    const aws = account({ statuses: ['CREATING', 'CREATING', 'ACTIVE'] });
    const NOW = Date.now();
    const interrupt = async () => void process.emit('SIGINT');

    const { code, out } = await restoreAt({ now: () => NOW, sleep: interrupt }, aws, '--to', '10m');

    expect([code, out]).toEqual([1, expect.stringContaining('interrupted; continue with')]);
    expect(out).toContain(`restore --to ${secondOf(NOW - 600_000)} --yes --stage prod`);
    expect(aws.called('DescribeTable').length).toBeLessThan(4);
    const written = aws.called('PutItem').map(({ input }) => (input.Item as { pk: { S: string } }).pk.S);
    expect(written.filter((pk) => !pk.startsWith('audit#'))).toEqual([]);
  });

  it('the command does not wait any longer once it is interrupted', async () => {
    await expect(processIo().sleep(60_000, AbortSignal.abort())).resolves.toBeUndefined();
  });

  it('restore with a relative time says at the start which call goes on, whatever ends it later', async () => {
    const aws = account({ answers: { Scan: () => awsError('ExpiredTokenException') } });
    const NOW = Date.now();

    const { code, err } = await restoreAt({ now: () => NOW }, aws, '--to', '10m');

    expect(code).toBe(2);
    expect(err.split('\n')[0]).toContain(`restore --to ${secondOf(NOW - 600_000)} --yes --stage prod`);
  });

  it('restore with the same relative time later is refused, and names the call that goes on with the first table', async () => {
    const aws = account();
    const NOW = Date.now();
    const first = secondOf(NOW - 900_000);
    await restoreAt({ now: () => NOW - 300_000 }, aws, '--to', '10m');
    const { length } = aws.called('PutItem');

    const { code, err } = await restoreAt({ now: () => NOW }, aws, '--to', '10m');

    expect([code, err]).toEqual([2, expect.stringContaining('another moment on every call')]);
    expect(err).toContain(`go on with that table by "npx --no cyberdesk-webhooks restore --to ${first}`);
    expect(err).toContain(`restore --to ${secondOf(NOW - 600_000)}`);
    expect(aws.called('RestoreTableToPointInTime')).toHaveLength(1);
    expect(aws.called('PutItem')).toHaveLength(length);
    expect((await restoreAt({ now: () => NOW }, aws, '--to', first)).code).toBe(0);
    expect(aws.called('RestoreTableToPointInTime')).toHaveLength(1);
  });

  it('restore with a relative time is refused where nothing shows whether there was a call before', async () => {
    const aws = account({ answers: { ListTables: () => awsError('AccessDeniedException') } });

    const { code, err } = await restoreIn(aws, '--to', '10m');

    expect([code, err]).toEqual([2, expect.stringContaining('dynamodb:ListTables')]);
    expect(err).toMatch(/if this is the first, use ".* restore --to \S+Z /);
    expect(namesOf(aws)).not.toContain('RestoreTableToPointInTime');
  });

  it.each([
    ['before point-in-time recovery began', '2h', {}, 'out of reach'],
    ['within the last minutes', '1m', {}, 'out of reach'],
    ['without point-in-time recovery', '10m', { backups: false }, 'is off'],
  ])('restore --to a moment %s is refused before anything is written', async (_, to, given, text) => {
    const aws = account(given);

    const { code, err } = await restoreIn(aws, '--to', to);

    expect([code, err]).toEqual([2, expect.stringContaining(text)]);
    expect(namesOf(aws)).not.toContain('RestoreTableToPointInTime');
    expect(namesOf(aws)).not.toContain('Scan');
  });

  it('restore --deleted brings the newest backup back under the same name, with all that a restore leaves out', async () => {
    const aws = account({ deleted: true });

    expect((await restoreIn(aws, '--deleted')).code).toBe(0);

    expect(aws.called('RestoreTableFromBackup')).toMatchObject([
      { input: { BackupArn: 'arn:newest', TargetTableName: 'events' } },
    ]);
    expect(aws.called('UpdateTimeToLive')).toMatchObject([
      { input: { TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true } } },
    ]);
    expect(aws.called('UpdateContinuousBackups')).toHaveLength(2);
    expect(aws.called('UpdateTable')).toMatchObject([{ input: { DeletionProtectionEnabled: true } }]);
    expect(aws.called('TagResource')).toMatchObject([
      { input: { ResourceArn: 'arn:events', Tags: [{ Key: 'team', Value: 'claims' }] } },
    ]);
  });

  it('restore --deleted that was interrupted puts the settings back when it is called again', async () => {
    const aws = account({ revived: true });

    expect((await restoreIn(aws, '--deleted', '--json')).json()).toEqual({
      kind: 'revived',
      table: 'events',
    });

    expect((await restoreIn(aws, '--deleted')).code).toBe(0);

    expect(aws.called('RestoreTableFromBackup')).toEqual([]);
    expect(aws.called('UpdateTimeToLive')).toHaveLength(1);
  });

  it('restore --deleted that is called again while the table is being restored waits for it before it writes', async () => {
    const aws = account({ revived: true, statuses: ['CREATING', 'CREATING', 'ACTIVE'] });

    expect((await restoreIn(aws, '--deleted')).code).toBe(0);

    const names = namesOf(aws);
    const looks = names.slice(0, names.indexOf('PutItem')).filter((name) => name === 'DescribeTable');
    expect(looks.length).toBeGreaterThanOrEqual(3);
    expect(aws.called('RestoreTableFromBackup')).toEqual([]);
  });

  it('restore --deleted leaves point-in-time recovery off where the template has it off', async () => {
    const aws = account({ deleted: true, keepsBackups: false });

    const { code, out } = await restoreIn(aws, '--deleted');

    expect([code, out]).toEqual([0, expect.stringContaining("with the settings of the stack's template")]);
    expect(namesOf(aws)).not.toContain('UpdateContinuousBackups');
    expect(namesOf(aws)).toContain('UpdateTimeToLive');
  });

  it('restore --deleted of a table that was not deleted is refused in one line, and changes nothing', async () => {
    const aws = account();

    const { code, err } = await restoreIn(aws, '--deleted');

    expect([code, err]).toEqual([
      2,
      expect.stringContaining('table events of CyberdeskWebhooks-prod is there, and was not deleted'),
    ]);
    expect(namesOf(aws).filter((name) => /^(Update|Restore|Tag|Put)/.test(name))).toEqual([]);
  });

  it('restore --deleted of a table that is still being deleted asks for patience', async () => {
    const { code, err } = await restoreIn(account({ statuses: ['DELETING'] }), '--deleted');

    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/is still being deleted: repeat this in a minute/),
    ]);
  });

  it('restore --deleted of a table that has left no backup says so', async () => {
    const { err } = await restoreIn(account({ deleted: true, backups: false }), '--deleted');
    expect(err).toContain('has left no backup');
  });
});

const body = (n: number): string =>
  JSON.stringify({
    event_id: `event-${n}`,
    event_type: 'run_complete',
    run: {
      id: `run-${n}`,
      workflow_id: 'first',
      status: 'success',
      ended_at: new Date(Date.now() - 60_000 + n).toISOString(),
      output_data: {},
    },
  });
