import { describe, expect, it } from 'vitest';
import { FENCE_KEY } from '../../lambda/core/model/index.ts';
import { processIo } from '../../ops/cli/io.ts';
import { connectDeployed } from '../../ops/stage/deployed.ts';
import { awsError, stackOutputs, stubAws } from './support/aws.ts';
import { run } from './support/command.ts';

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
