import { describe, expect, it } from 'vitest';
import { destroyStage } from '../../ops/destroy/destroy.ts';
import { findDeployed } from '../../ops/stage/deployed.ts';
import { stackNameOf } from '../../ops/stage/stage.ts';
import { awsError, stackOutputs, stubAws } from './support/aws.ts';
import { run } from './support/command.ts';

const template = {
  Resources: {
    Table: { Type: 'AWS::DynamoDB::Table', DeletionPolicy: 'Retain' },
    Bucket: { Type: 'AWS::S3::Bucket', DeletionPolicy: 'RetainExceptOnCreate' },
    Queue: { Type: 'AWS::SQS::Queue', DeletionPolicy: 'Delete' },
    Invoices: { Type: 'AWS::DynamoDB::Table', DeletionPolicy: 'Retain' },
  },
  Outputs: {
    TableName: { Value: { Ref: 'Table' } },
    InvoicesTable: { Value: { Ref: 'Invoices' } },
  },
};

/** An account with a stack that can be deleted; `fails` names an operation that fails once. */
function account({ protection = false, fails = '', deleting = 0, state = 'CREATE_COMPLETE' } = {}) {
  let looks = deleting;
  let status = state;
  const isEmpty = state === 'REVIEW_IN_PROGRESS';
  const statusBefore = state === 'DELETE_FAILED' ? [state] : [];
  let broken = fails;
  const once = (name: string, answer: unknown) => () => {
    if (broken !== name) return answer;
    broken = '';
    return awsError('TimeoutError');
  };
  const resources = Object.entries(template.Resources).map(([LogicalResourceId, { Type }]) => ({
    LogicalResourceId,
    ResourceType: Type,
    PhysicalResourceId: LogicalResourceId.toLowerCase(),
    ResourceStatus: 'CREATE_COMPLETE',
  }));
  let tableIsGone = false;
  return stubAws({
    DescribeStacks: () => {
      // The previous status may still show for a moment.
      const shown = status === 'GONE' ? statusBefore.pop() : status;
      return shown === undefined
        ? awsError('ValidationError', 'Stack does not exist')
        : {
            Stacks: [
              {
                StackStatus: shown,
                EnableTerminationProtection: protection,
                ...(shown === 'CREATE_COMPLETE' && { Outputs: stackOutputs() }),
              },
            ],
          };
    },
    GetTemplate: isEmpty
      ? awsError('ValidationError', 'Template is not available')
      : { TemplateBody: JSON.stringify(template) },
    ListStackResources: { StackResourceSummaries: isEmpty ? [] : resources },
    UpdateTable: () => {
      if (looks > 0) {
        looks -= 1;
        tableIsGone = true;
        return awsError('ResourceInUseException');
      }
      return tableIsGone ? awsError('ResourceNotFoundException') : {};
    },
    DeleteTable: () => {
      tableIsGone = true;
      return {};
    },
    DeleteStack: () => {
      const answer = once('DeleteStack', {})();
      if (!(answer instanceof Error)) status = 'GONE';
      return answer;
    },
  });
}

const stageOf = (aws: ReturnType<typeof account>, stage = 'dev', name?: string) =>
  findDeployed({ stage, region: 'eu-west-1', name }, aws.clients);
const sleep = async () => undefined;

describe('destroy', () => {
  it("destroyStage deletes the product's retained data, then the stack, and names what it leaves behind", async () => {
    const aws = account();
    const result = await destroyStage(await stageOf(aws), { sleep });
    expect(result.removed).toMatchObject([{ physicalId: 'table' }]);
    expect(result.left).toMatchObject([{ physicalId: 'bucket' }, { physicalId: 'invoices' }]);
    const order = aws.calls.map(({ name }) => name);
    expect(order.indexOf('DeleteTable')).toBeLessThan(order.indexOf('DeleteStack'));
  });

  it('a destroy that was cut off is finished by a second call', async () => {
    const aws = account({ fails: 'DeleteStack' });
    const stage = await stageOf(aws);
    await expect(destroyStage(stage, { sleep })).rejects.toThrow();
    expect(await destroyStage(stage, { sleep })).toMatchObject({ stack: 'CyberdeskWebhooks-dev' });
  });

  it('destroyStage waits for a table that is being deleted', async () => {
    const aws = account({ deleting: 3 });
    await destroyStage(await stageOf(aws), { sleep });
    expect(aws.called('UpdateTable')).toHaveLength(4);
    expect(aws.called('DeleteStack')).toHaveLength(1);
  });

  it.each(['ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'DELETE_FAILED', 'REVIEW_IN_PROGRESS'])(
    'destroyStage deletes a stack in %s, which has no outputs',
    async (state) => {
      const aws = account({ state });
      const find = (options: { stage: string }) =>
        findDeployed({ ...options, region: 'eu-west-1' }, aws.clients);
      expect(await run(['destroy', '--stage', 'prod', '--yes'], { find })).toMatchObject({ code: 2 });
      expect((await run(['destroy', '--stage', 'dev'], { find })).err).toContain('--yes');
      expect(aws.called('DeleteStack')).toEqual([]);
      const result = await destroyStage(await stageOf(aws), { sleep });
      expect(result.removed).toHaveLength(state === 'REVIEW_IN_PROGRESS' ? 0 : 1);
      expect(aws.called('DeleteStack')).toHaveLength(1);
    },
  );

  describe.each([
    ['prod', undefined],
    ['prod-eu', undefined],
    ['live', undefined],
    ['live-prod', undefined],
    ['euProd2', undefined],
    ['dev', 'production'],
    ['dev', 'live'],
    ['local', undefined],
  ])('a protected stage (%s, installation %s)', (stage, name) => {
    const argv = ['destroy', '--stage', stage, ...(name ? ['--name', name] : []), '--yes'];
    const confirmed = [...argv, '--confirm', stackNameOf(stage, name)];

    it('destroying a protected stage is refused by name before anything is looked up, whatever is confirmed', async () => {
      const find = () => Promise.reject(new Error('looked up'));
      for (const call of [argv, confirmed]) {
        const { code, err } = await run(call, { find });
        expect([code, err]).toEqual([2, expect.stringMatching(/never deletes|nothing to delete/)]);
      }
    });

    it('destroying a protected stage is also refused once it was found', async () => {
      const aws = account();
      const found = { ...(await stageOf(aws, stage, name)), isLocal: stage === 'local' };
      await expect(destroyStage(found, { sleep })).rejects.toThrow(/never deletes|nothing to delete/);
      expect(aws.called('DeleteStack')).toEqual([]);
    });
  });

  it.each([
    ['test', undefined],
    ['olive', undefined],
    ['test', 'acme'],
  ])(
    'destroying the stage %s (installation %s) needs the name of its stack, not just --yes',
    async (stage, name) => {
      const aws = account();
      const stack = stackNameOf(stage, name);
      const destroy = (...more: string[]) =>
        run(['destroy', '--stage', stage, ...(name ? ['--name', name] : []), ...more], {
          find: () => stageOf(aws, stage, name),
        });
      for (const more of [[], ['--yes']]) {
        const { code, err } = await destroy(...more);
        expect([code, err]).toEqual([2, expect.stringContaining(`--confirm ${stack}`)]);
      }
      const other = await destroy('--confirm', 'CyberdeskWebhooks-dev');
      expect([other.code, other.err]).toEqual([2, expect.stringContaining(`which is ${stack}`)]);
      expect(aws.called('DeleteStack')).toEqual([]);
      expect((await destroy('--confirm', stack)).out).toContain(`${stack} has been deleted`);
      expect(aws.called('DeleteStack')).toHaveLength(1);
    },
  );

  it('destroying a stage that does not exist succeeds', async () => {
    const aws = account();
    const find = () => stageOf(aws);
    await run(['destroy', '--stage', 'dev', '--yes'], { find });
    const second = await run(['destroy', '--stage', 'dev', '--yes'], { find });
    expect([second.code, second.err]).toEqual([0, '']);
    expect(second.out).toContain(
      'nothing to delete: stack CyberdeskWebhooks-dev does not exist in eu-west-1',
    );
    const json = await run(['destroy', '--stage', 'dev', '--json'], { find });
    expect(json.json()).toEqual({ stack: 'CyberdeskWebhooks-dev', removed: [], left: [] });
    expect(aws.called('DeleteStack')).toHaveLength(1);
  });

  it('destroyStage refuses a stage with protectData', async () => {
    const aws = account({ protection: true });
    await expect(destroyStage(await stageOf(aws), { sleep })).rejects.toThrow(/protectData/);
    expect(aws.called('DeleteTable')).toEqual([]);
  });

  it('destroyStage names the call that lifts the protection of a stage whose first deployment failed', async () => {
    const aws = account({ protection: true, state: 'ROLLBACK_COMPLETE' });

    await expect(destroyStage(await stageOf(aws), { sleep })).rejects.toThrow(
      'aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name CyberdeskWebhooks-dev --region eu-west-1; then repeat the command',
    );
    await expect(destroyStage(await stageOf(aws), { sleep })).rejects.not.toThrow(/protectData: false/);
  });

  it('destroy asks first', async () => {
    const aws = account();
    const { code, err } = await run(['destroy', '--stage', 'dev'], { find: () => stageOf(aws) });
    expect([code, err]).toEqual([2, expect.stringContaining('--yes')]);
    expect(aws.called('DeleteStack')).toEqual([]);
    expect(await run(['destroy', '--stage', 'dev', '-y'], { find: () => stageOf(aws) })).toMatchObject({
      code: 1,
    });
  });
});
