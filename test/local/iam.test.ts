import { describe, expect, it } from 'vitest';
import { awsRequest } from '../../local/emulators/caller.ts';
import { neededGrants } from '../../local/front/grants.ts';
import { IamAuthorizer } from '../../local/front/iam.ts';
import type { FunctionModel, PolicyStatement, StackModel } from '../../local/template/model.ts';

const account = '000000000000';
const table = `arn:aws:dynamodb:us-east-1:${account}:table/events`;
const queue = `arn:aws:sqs:us-east-1:${account}:queue`;
const sealed = `arn:aws:sqs:us-east-1:${account}:sealed`;
const sealedTable = `arn:aws:dynamodb:us-east-1:${account}:table/sealed`;
/** Of the customer's own: the template has its ARN and not its policy. */
const givenKey = `arn:aws:kms:us-east-1:${account}:key/99999999-2222-4333-8444-555555555555`;
const topic = `arn:aws:sns:us-east-1:${account}:notify`;
const key = `arn:aws:kms:us-east-1:${account}:key/11111111-2222-4333-8444-555555555555`;

/** A stack with one function whose role has these statements. */
function stackWith(...statements: PolicyStatement[]): { stack: StackModel; fn: FunctionModel } {
  const policies = [{ name: 'policy', document: { Version: '2012-10-17', Statement: statements } }];
  const role = { logicalId: 'Role', name: 'role', arn: `arn:aws:iam::${account}:role/role`, policies };
  const fn = {
    name: 'fn',
    label: 'fn',
    arn: `arn:aws:lambda:us-east-1:${account}:function:fn`,
    role,
  } as unknown as FunctionModel;
  const keyPolicy = {
    Statement: [
      { Effect: 'Allow', Action: 'kms:*', Resource: '*', Principal: { AWS: `arn:aws:iam::${account}:root` } },
    ],
  };
  const data = {
    tables: [{ arn: sealedTable, keyId: givenKey, keyNames: ['pk'], create: {} }],
    queues: [
      { arn: queue, policy: { Statement: [tlsOnly(queue)] } },
      { arn: sealed, keyId: givenKey },
    ],
    topics: [{ arn: topic, keyId: key, policy: undefined }],
    secrets: [],
    keys: [{ id: key.split('/')[1], arn: key, policy: keyPolicy }],
  };
  return { stack: { account, region: 'us-east-1', functions: [fn], data } as unknown as StackModel, fn };
}

function tlsOnly(resource: string): PolicyStatement {
  return {
    Effect: 'Deny',
    Action: 'sqs:*',
    Resource: resource,
    Principal: { AWS: '*' },
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}

async function decide(statements: PolicyStatement[], service: string, operation: string, parameters: object) {
  const { stack, fn } = stackWith(...statements);
  const authorizer = new IamAuthorizer(stack);
  const grants = neededGrants(stack, awsRequest(service, operation, parameters));
  return { denial: await authorizer.authorize(fn, grants), authorizer, grants };
}

const allow = (Action: string | string[], Resource: string | string[]): PolicyStatement => ({
  Effect: 'Allow',
  Action,
  Resource,
});

describe('IamAuthorizer', () => {
  it('a call is allowed if a statement allows it', async () => {
    const { denial } = await decide([allow('dynamodb:PutItem', table)], 'dynamodb', 'PutItem', {
      TableName: 'events',
    });
    expect(denial).toBeUndefined();
  });

  it('a call without a statement is denied with the message of AWS', async () => {
    const { denial } = await decide([allow('dynamodb:GetItem', table)], 'dynamodb', 'PutItem', {
      TableName: 'events',
    });
    expect(denial).toBe(
      `User: arn:aws:sts::${account}:assumed-role/role/fn is not authorized to perform: dynamodb:PutItem on resource: ${table} because no identity-based policy allows the dynamodb:PutItem action`,
    );
  });

  it('a call on another resource is denied', async () => {
    const { denial } = await decide([allow('dynamodb:PutItem', table)], 'dynamodb', 'PutItem', {
      TableName: 'other',
    });
    expect(denial).toMatch(/not authorized/);
  });

  it('an explicit deny overrides every statement that allows a call', async () => {
    const deny: PolicyStatement = { Effect: 'Deny', Action: 'dynamodb:PutItem', Resource: table };
    const { denial } = await decide([allow('dynamodb:*', '*'), deny], 'dynamodb', 'PutItem', {
      TableName: 'events',
    });
    expect(denial).toContain('explicit deny');
  });

  it('a query of an index needs permission for the index', async () => {
    const parameters = { TableName: 'events', IndexName: 'open' };
    const without = await decide([allow('dynamodb:Query', table)], 'dynamodb', 'Query', parameters);
    expect(without.denial).toMatch(/not authorized/);
    const granted = [allow('dynamodb:Query', `${table}/index/open`)];
    expect((await decide(granted, 'dynamodb', 'Query', parameters)).denial).toBeUndefined();
  });

  it('a batch call needs the permission of the single call', async () => {
    const { denial, grants } = await decide([allow('sqs:SendMessage', queue)], 'sqs', 'SendMessageBatch', {
      QueueUrl: `http://127.0.0.1:1/${account}/queue`,
    });
    expect(grants).toEqual([{ action: 'sqs:SendMessage', resource: queue }]);
    expect(denial).toBeUndefined();
  });

  it('publishing to an encrypted topic also needs permission for its key', async () => {
    const publish = allow('sns:Publish', topic);
    const without = await decide([publish], 'sns', 'Publish', { TopicArn: topic });
    expect(without.denial).toContain('kms:GenerateDataKey');
    const keys = allow(['kms:GenerateDataKey', 'kms:Decrypt'], key);
    const granted = await decide([publish, keys], 'sns', 'Publish', { TopicArn: topic });
    expect(granted.denial).toBeUndefined();
  });
});

describe('stores with a key by ARN', () => {
  const send = { QueueUrl: `http://127.0.0.1:1/${account}/sealed` };
  const uses = ['kms:GenerateDataKey', 'kms:Decrypt'];
  const through = (service: string): PolicyStatement => ({
    ...allow(uses, givenKey),
    Condition: { StringLike: { 'kms:ViaService': [`${service}.*`] } },
  });

  it.each([
    ['sqs', 'SendMessage', send, allow('sqs:SendMessage', sealed)],
    ['dynamodb', 'GetItem', { TableName: 'sealed' }, allow('dynamodb:GetItem', sealedTable)],
    [
      'dynamodb',
      'Query',
      { TableName: 'sealed', IndexName: 'open' },
      allow('dynamodb:Query', `${sealedTable}/index/open`),
    ],
  ])(
    '%s %s needs the key as well, through the service',
    async (service, operation, parameters, statement) => {
      const denialWith = async (...more: PolicyStatement[]) =>
        (await decide([statement, ...more], service, operation, parameters)).denial;

      expect(await denialWith()).toMatch(/kms:\w+ on resource/);
      expect(await denialWith(through('sns'))).toMatch(/kms:\w+ on resource/);
      expect(await denialWith(through(service))).toBeUndefined();
    },
  );
});

describe('decisions that depend on keys', () => {
  const put = (statement: PolicyStatement) => {
    const { stack, fn } = stackWith(statement);
    const authorizer = new IamAuthorizer(stack);
    return (...leadingKeys: string[]) =>
      authorizer.authorize(fn, [
        { action: 'dynamodb:PutItem', resource: table, ...(leadingKeys.length > 0 && { leadingKeys }) },
      ]);
  };
  const under = (operator: string, ...patterns: string[]): PolicyStatement => ({
    ...allow('dynamodb:PutItem', table),
    Condition: {
      [`ForAllValues:${operator}`]: { 'dynamodb:leadingkeys': patterns },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    },
  });

  it.each([
    ['another prefix', ['event#1'], ['run#1']],
    ['one key of several', ['event#1', 'event#2'], ['event#1', 'run#1']],
    ['no key', ['event#1'], []],
    ['a key that only contains the prefix', ['event#1'], ['my-event#1']],
    ['a key with another case', ['event#1'], ['EVENT#1']],
  ])(
    'what is allowed for some keys is not for others, in whatever order they come: %s',
    async (_, yes, no) => {
      for (const first of [yes, no]) {
        const decide = put(under('StringLike', 'event#*'));
        await decide(...first);
        expect(await decide(...yes)).toBeUndefined();
        expect(await decide(...no)).toMatch(/not authorized/);
      }
    },
  );

  it('keys are told apart as the operator does', async () => {
    const exact = put(under('StringEquals', 'control#pause'));
    expect(await exact('control#sweep')).toMatch(/not authorized/);
    expect(await exact('control#pause')).toBeUndefined();
    const anyCase = put(under('StringEqualsIgnoreCase', 'Mine'));
    expect(await anyCase('theirs')).toMatch(/not authorized/);
    expect(await anyCase('mine')).toBeUndefined();
  });
});

describe('GrantReport', () => {
  it('the grant report lists what no call has used', async () => {
    const statements = [
      allow(['dynamodb:PutItem', 'dynamodb:GetItem'], table),
      allow('sqs:SendMessage', queue),
    ];
    const { authorizer } = await decide(statements, 'dynamodb', 'PutItem', { TableName: 'events' });
    expect(authorizer.report.unused().map((use) => use.action)).toEqual([
      'dynamodb:GetItem',
      'sqs:SendMessage',
    ]);
    expect(authorizer.report.all().find((use) => use.action === 'dynamodb:PutItem')?.uses).toBe(1);
  });

  it('the grant report does not count a denied call', async () => {
    const statements = [allow('sns:Publish', topic)];
    const { authorizer } = await decide(statements, 'sns', 'Publish', { TopicArn: topic });
    expect(authorizer.report.unused()).toHaveLength(1);
  });
});
