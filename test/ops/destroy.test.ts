import { describe, expect, it } from 'vitest';
import { destroyStage } from '../../ops/destroy/destroy.ts';
import { connectDeployed } from '../../ops/stage/deployed.ts';
import { awsError, stackOutputs, stubAws } from './support/aws.ts';
import { run } from './support/command.ts';

const template = {
  Resources: {
    Table: { Type: 'AWS::DynamoDB::Table', DeletionPolicy: 'Retain' },
    Bucket: { Type: 'AWS::S3::Bucket', DeletionPolicy: 'RetainExceptOnCreate' },
    Queue: { Type: 'AWS::SQS::Queue', DeletionPolicy: 'Delete' },
  },
};

/** A stack that goes when it is told to; `fails` names an operation that breaks once. */
function account({ protection = false, fails = '', deleting = 0 } = {}) {
  let looks = deleting;
  let status = 'CREATE_COMPLETE';
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
    DescribeStacks: () =>
      status === 'GONE'
        ? awsError('ValidationError', 'Stack does not exist')
        : {
            Stacks: [
              { StackStatus: status, EnableTerminationProtection: protection, Outputs: stackOutputs() },
            ],
          },
    GetTemplate: { TemplateBody: JSON.stringify(template) },
    ListStackResources: { StackResourceSummaries: resources },
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
  connectDeployed({ stage, region: 'eu-west-1', name }, aws.clients);
const sleep = async () => undefined;

describe('destroy', () => {
  it('removes what would stay, then the stack, and names what it cannot remove', async () => {
    const aws = account();
    const result = await destroyStage(await stageOf(aws), { sleep });
    expect(result).toMatchObject({ removed: [{ physicalId: 'table' }], left: [{ physicalId: 'bucket' }] });
    const order = aws.calls.map(({ name }) => name);
    expect(order.indexOf('DeleteTable')).toBeLessThan(order.indexOf('DeleteStack'));
  });

  it('cut off in the middle is finished by a second call', async () => {
    const aws = account({ fails: 'DeleteStack' });
    const stage = await stageOf(aws);
    await expect(destroyStage(stage, { sleep })).rejects.toThrow();
    expect(await destroyStage(stage, { sleep })).toMatchObject({ stack: 'CyberdeskWebhooks-dev' });
  });

  it('waits for a table that is being deleted', async () => {
    const aws = account({ deleting: 3 });
    await destroyStage(await stageOf(aws), { sleep });
    expect(aws.called('UpdateTable')).toHaveLength(4);
    expect(aws.called('DeleteStack')).toHaveLength(1);
  });

  it.each([
    ['prod', undefined],
    ['live-prod', undefined],
  ])('refuses %s', async (stage, name) => {
    const aws = account();
    await expect(destroyStage(await stageOf(aws, stage, name), { sleep })).rejects.toThrow(
      /never taken away/,
    );
    expect(aws.called('DeleteStack')).toEqual([]);
  });

  it('refuses a stage whose data is protected', async () => {
    const aws = account({ protection: true });
    await expect(destroyStage(await stageOf(aws), { sleep })).rejects.toThrow(/protectData/);
    expect(aws.called('DeleteTable')).toEqual([]);
  });

  it('asks first', async () => {
    const aws = account();
    const { code, err } = await run(['destroy', '--stage', 'dev'], { connect: () => stageOf(aws) });
    expect([code, err]).toEqual([2, expect.stringContaining('--yes')]);
    expect(aws.called('DeleteStack')).toEqual([]);
    expect(await run(['destroy', '--stage', 'dev', '-y'], { connect: () => stageOf(aws) })).toMatchObject({
      code: 1,
    });
  });
});
