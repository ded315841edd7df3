import { describe, expect, it } from 'vitest';
import { lookFirst } from '../../bin/before-deploy/look-first.ts';
import type { StageSettings } from '../../lib/settings/stage-settings.ts';
import { awsError, type stubAws } from '../ops/support/aws.ts';
import { ACCOUNT, account, answers, BOOTSTRAP, placeIn, REGION, STACK, STACK_ID } from './support.ts';

const ORPHAN = `${STACK}-WebhooksEventsTable0D67B421-AAAAAAAAAAAA`;

const look = async (
  aws: ReturnType<typeof stubAws>,
  { isYes = false, settings = {} as StageSettings } = {},
) => {
  const caller = answers({ isYes });
  await lookFirst(async () => placeIn(aws, settings), caller);
  return caller.text();
};

const tagsOf = (stackName: string, stackId = STACK_ID) => ({
  Tags: [
    { Key: 'aws:cloudformation:stack-name', Value: stackName },
    { Key: 'aws:cloudformation:stack-id', Value: stackId },
  ],
});

/** A stack whose creation was rolled back, with the table that it left behind. */
const rolledBack = ({ items = 0, isProtected = true, changes = {} } = {}) => {
  const tables = [ORPHAN, `${STACK}-eu-WebhooksEventsTable0D67B421-BBBBBBBBBBBB`, 'another'];
  return account({
    DescribeStacks: {
      Stacks: [
        { StackId: STACK_ID, StackStatus: 'ROLLBACK_COMPLETE', EnableTerminationProtection: isProtected },
      ],
    },
    DescribeStackEvents: {
      StackEvents: [
        { ResourceStatus: 'ROLLBACK_COMPLETE', ResourceType: 'AWS::CloudFormation::Stack' },
        {
          ResourceStatus: 'CREATE_FAILED',
          ResourceType: 'AWS::Lambda::Function',
          LogicalResourceId: 'Other',
          ResourceStatusReason: 'Resource creation cancelled',
        },
        {
          ResourceStatus: 'CREATE_FAILED',
          ResourceType: 'AWS::ApiGatewayV2::DomainName',
          LogicalResourceId: 'Domain',
          ResourceStatusReason: 'the certificate is not for this name',
        },
      ],
    },
    ListTables: { TableNames: tables },
    ListTagsOfResource: ({ ResourceArn }: Record<string, unknown>) =>
      tagsOf(String(ResourceArn).endsWith(ORPHAN) ? STACK : `${STACK}-eu`),
    Scan: { Count: items, Items: [] },
    UpdateTerminationProtection: {},
    UpdateTable: {},
    DeleteTable: () => {
      tables.splice(0, 1);
      return {};
    },
    ...changes,
  });
};

describe('a stack that cannot be deployed', () => {
  it.each([
    ['UPDATE_IN_PROGRESS', /CyberdeskWebhooks-prod is changing: UPDATE_IN_PROGRESS: wait until/],
    ['CREATE_IN_PROGRESS', /wait until that is over/],
    [
      'UPDATE_ROLLBACK_FAILED',
      /aws cloudformation continue-update-rollback --stack-name CyberdeskWebhooks-prod --region eu-west-1/,
    ],
    ['DELETE_FAILED', /aws cloudformation delete-stack --stack-name CyberdeskWebhooks-prod/],
  ])('a deployment is refused while the stack is in %s, with the way out', async (StackStatus, message) => {
    const aws = account({ DescribeStacks: { Stacks: [{ StackStatus }] } });

    await expect(look(aws, { isYes: true })).rejects.toThrow(message);
  });

  it.each(['CREATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE', 'UPDATE_FAILED'])(
    'a deployment goes on while the stack is in %s',
    async (StackStatus) => {
      const aws = account({
        DescribeStacks: { Stacks: [{ StackStatus }] },
        GetTemplate: { TemplateBody: '{}' },
      });

      expect(await look(aws)).toBe('');
    },
  );
});

describe('a first deployment that failed', () => {
  it('the deployment says what failed, and changes nothing without a yes', async () => {
    const aws = rolledBack();
    const caller = answers();

    await expect(lookFirst(async () => placeIn(aws), caller)).rejects.toThrow(
      /lifts the stack's protection, deletes 1 empty table .*--yes/,
    );
    expect(caller.text()).toContain(
      'AWS::ApiGatewayV2::DomainName Domain: the certificate is not for this name',
    );
    expect(caller.text()).not.toContain('cancelled');
    for (const change of ['UpdateTerminationProtection', 'DeleteTable'])
      expect(aws.called(change)).toEqual([]);
  });

  it('the deployment, with a yes, lifts the protection and removes the empty table of this stack, and of no other', async () => {
    const aws = rolledBack();

    await look(aws, { isYes: true });

    expect(aws.called('UpdateTerminationProtection').map(({ input }) => input)).toEqual([
      { StackName: STACK, EnableTerminationProtection: false },
    ]);
    expect(aws.called('DeleteTable').map(({ input }) => input)).toEqual([{ TableName: ORPHAN }]);
  });

  it('the deployment leaves a table with items alone, and says so', async () => {
    const aws = rolledBack({ items: 1 });

    const said = await look(aws, { isYes: true });

    expect(said).toContain(`left alone, as it holds items: table ${ORPHAN}`);
    expect(said).toContain(`restore --from ${ORPHAN} --to '<when its stack was deleted>' --stage prod`);
    expect(aws.called('DeleteTable')).toEqual([]);
    expect(aws.called('UpdateTerminationProtection')).toHaveLength(1);
  });

  it('the deployment leaves a table alone that cannot be read, and removes the others', async () => {
    const lost = `${STACK}-WebhooksEventsTable0D67B421-CCCCCCCCCCCC`;
    const tables = [ORPHAN, lost];
    const aws = rolledBack({
      changes: {
        ListTables: () => ({ TableNames: [...tables] }),
        ListTagsOfResource: tagsOf(STACK),
        Scan: ({ TableName }: Record<string, unknown>) =>
          TableName === lost
            ? awsError('InaccessibleEncryptionCredentialsException')
            : { Count: 0, Items: [] },
        DeleteTable: () => {
          tables.splice(0, 1);
          return {};
        },
      },
    });

    const said = await look(aws, { isYes: true });

    expect(said).toContain(
      `left alone, as it cannot be read (its key may have gone with the rollback): table ${lost}`,
    );
    expect(said).toContain(
      `aws dynamodb update-table --no-deletion-protection-enabled --table-name ${lost} --region ${REGION}`,
    );
    expect(said).toContain(`aws dynamodb delete-table --table-name ${lost} --region ${REGION}`);
    expect(aws.called('DeleteTable').map(({ input }) => input)).toEqual([{ TableName: ORPHAN }]);
  });

  it('a creation whose rollback failed is not said to be empty, and what is left of it is not in the way', async () => {
    const aws = rolledBack({
      changes: {
        DescribeStacks: { Stacks: [{ StackId: STACK_ID, StackStatus: 'ROLLBACK_FAILED' }] },
        DescribeLogGroups: { logGroups: [{ logGroupName: `/aws/vendedlogs/apis/${STACK}` }] },
      },
    });

    await expect(look(aws)).rejects.toThrow(/delete the stack with what is left in it/);
  });

  it('the deployment leaves a table alone into which something is written before it is removed', async () => {
    let looks = 0;
    const aws = rolledBack({ changes: { Scan: () => ({ Count: looks++, Items: [] }) } });

    await look(aws, { isYes: true });

    expect(aws.called('DeleteTable')).toEqual([]);
  });

  it('the deployment does not touch the protection of a stack that has none', async () => {
    const aws = rolledBack({ isProtected: false });

    await look(aws, { isYes: true });

    expect(aws.called('UpdateTerminationProtection')).toEqual([]);
  });
});

describe('a stack that does not exist', () => {
  it('an empty table of an earlier try is named, and stays without a yes; the deployment goes on', async () => {
    const changes = { DescribeStacks: awsError('ValidationError', 'Stack with id x does not exist') };
    const aws = rolledBack({ changes });

    expect(await look(aws)).toContain(`An earlier try left 1 empty table (${ORPHAN}) behind.`);
    expect(aws.called('DeleteTable')).toEqual([]);

    expect(await look(aws, { isYes: true })).toContain(`deleted table ${ORPHAN}`);
    expect(aws.called('DeleteTable')).toHaveLength(1);
  });
});

describe('the place', () => {
  it('what cannot be looked at stops nothing', async () => {
    const aws = account({ DescribeStacks: awsError('AccessDenied') });

    expect(await look(aws)).toMatch(/^not looked at first: AWS does not allow/);
  });

  it('a check that is not allowed is named, and stops nothing', async () => {
    const text = await look(account({ GetParameters: awsError('AccessDeniedException') }));

    expect(text).toMatch(/^! bootstrap: not checked: AWS does not allow/);
  });

  it('an account that is ready needs no word', async () => {
    expect(await look(account())).toBe('');
  });

  it('a problem refuses the deployment, unless it is wanted all the same', async () => {
    const aws = account({ GetParameters: { Parameters: [], InvalidParameters: [BOOTSTRAP] } });

    await expect(look(aws)).rejects.toThrow('nothing was deployed');
    expect(await look(aws, { isYes: true })).toContain(`npx cdk bootstrap aws://${ACCOUNT}/${REGION}`);
  });
});
