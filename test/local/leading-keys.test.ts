import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { awsRequest } from '../../local/emulators/caller.ts';
import { neededGrants } from '../../local/front/grants.ts';
import { IamAuthorizer } from '../../local/front/iam.ts';
import { leadingKeys } from '../../local/front/leading-keys.ts';
import type { FunctionModel, PolicyStatement, StackModel, TableModel } from '../../local/template/model.ts';

const account = '000000000000';
const arn = `arn:aws:dynamodb:us-east-1:${account}:table/events`;

const table = {
  name: 'events',
  arn,
  keyNames: ['pk', 'sk'],
  indexNames: ['open'],
  create: {
    GlobalSecondaryIndexes: [
      {
        IndexName: 'open',
        KeySchema: [
          { AttributeName: 'open', KeyType: 'HASH' },
          { AttributeName: 'received_at', KeyType: 'RANGE' },
        ],
      },
    ],
  },
} as unknown as TableModel;

const key = (pk: string) => ({ pk: { S: pk }, sk: { S: 'event' } });

describe('the leading keys of a call', () => {
  it.each<[string, object, string[]]>([
    ['PutItem', { TableName: 'events', Item: { ...key('event#1'), v: { N: '1' } } }, ['event#1']],
    ['GetItem', { TableName: arn, Key: key('event#1') }, ['event#1']],
    ['DeleteItem', { TableName: 'events', Key: key('run#1') }, ['run#1']],
    [
      'BatchGetItem',
      {
        RequestItems: {
          events: { Keys: [key('event#1'), key('run#1'), key('run#1')] },
          others: { Keys: [key('x')] },
        },
      },
      ['event#1', 'run#1'],
    ],
    [
      'BatchWriteItem',
      {
        RequestItems: {
          events: [{ PutRequest: { Item: key('event#1') } }, { DeleteRequest: { Key: key('run#1') } }],
        },
      },
      ['event#1', 'run#1'],
    ],
    [
      'Query',
      {
        TableName: 'events',
        KeyConditionExpression: 'begins_with(sk, :sk) AND (#p = :pk)',
        ExpressionAttributeNames: { '#p': 'pk' },
        ExpressionAttributeValues: { ':pk': { S: 'run#1' }, ':sk': { S: 'completion#' } },
      },
      ['run#1'],
    ],
    [
      'Query',
      {
        TableName: 'events',
        IndexName: 'open',
        KeyConditionExpression: 'open = :shard AND received_at <= :until',
        ExpressionAttributeValues: { ':shard': { S: '3' }, ':until': { S: '2026' } },
      },
      ['3'],
    ],
    ['Scan', { TableName: 'events' }, []],
  ])('%s names %j', (operation, parameters, expected) => {
    expect(leadingKeys(awsRequest('dynamodb', operation, parameters), table)).toEqual(expected);
  });
});

const onlyEvents: PolicyStatement = {
  Effect: 'Allow',
  Action: ['dynamodb:PutItem', 'dynamodb:BatchGetItem', 'dynamodb:Scan'],
  Resource: arn,
  Condition: {
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['event#*', 'body#*'] },
    Null: { 'dynamodb:LeadingKeys': 'false' },
  },
};

/** A function that may do what the statement says; its decisions are remembered as in a run. */
function role(statement: PolicyStatement) {
  const policies = [{ name: 'policy', document: { Version: '2012-10-17', Statement: [statement] } }];
  const roleModel = { logicalId: 'Role', name: 'role', arn: `arn:aws:iam::${account}:role/role`, policies };
  const fn = {
    name: 'fn',
    label: 'fn',
    arn: `arn:aws:lambda:us-east-1:${account}:function:fn`,
    role: roleModel,
  } as unknown as FunctionModel;
  const data = { tables: [table], queues: [], topics: [], secrets: [], keys: [] };
  const stack = { account, region: 'us-east-1', functions: [fn], data } as unknown as StackModel;
  const authorizer = new IamAuthorizer(stack);
  return async (operation: string, parameters: object) => {
    const denial = await authorizer.authorize(
      fn,
      neededGrants(stack, awsRequest('dynamodb', operation, parameters)),
    );
    return denial === undefined;
  };
}

describe('a grant with a condition on leading keys', () => {
  it('a grant with a condition on leading keys allows only items under these keys, whatever was decided before', async () => {
    const may = role(onlyEvents);
    const put = (pk: string) => may('PutItem', { TableName: 'events', Item: key(pk) });
    expect(await put('event#1')).toBe(true);
    expect(await put('run#1')).toBe(false);
    expect(await put('control#pause')).toBe(false);
    expect(await put('event#2')).toBe(true);
    expect(await put('body#a/0')).toBe(true);
    expect(await put('x-event#1')).toBe(false);
  });

  it('a grant with a condition on leading keys denies a batch with a single other key', async () => {
    const may = role(onlyEvents);
    const get = (...pks: string[]) =>
      may('BatchGetItem', { RequestItems: { events: { Keys: pks.map(key) } } });
    expect(await get('event#1', 'event#2')).toBe(true);
    expect(await get('event#1', 'run#1')).toBe(false);
  });

  it('a grant with a condition on leading keys decides about each part of a transaction as about a call of its own', async () => {
    const may = role(onlyEvents);
    const write = (...parts: object[]) => may('TransactWriteItems', { TransactItems: parts });
    const put = (pk: string) => ({ Put: { TableName: 'events', Item: key(pk) } });
    expect(await write(put('event#1'), put('body#1/0'))).toBe(true);
    expect(await write(put('event#1'), put('run#1'))).toBe(false);
    expect(await write(put('event#1'), { Delete: { TableName: 'events', Key: key('event#2') } })).toBe(false);
  });

  it('a decision that is remembered is that of an authorizer that has decided nothing before', async () => {
    const one = fc.constantFrom('event#1', 'event#', 'body#x/0', 'run#1', 'x-event#1', 'event', 'EVENT#1');
    const remembering = role(onlyEvents);
    const isAllowed = (may: ReturnType<typeof role>, pks: readonly string[]) =>
      may('BatchGetItem', { RequestItems: { events: { Keys: pks.map(key) } } });
    await fc.assert(
      fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: 4 }), async (pks) => {
        expect(await isAllowed(remembering, pks)).toBe(await isAllowed(role(onlyEvents), pks));
      }),
      { numRuns: 60 },
    );
  });

  it('a grant with a condition on leading keys denies a call that names no key', async () => {
    expect(await role(onlyEvents)('Scan', { TableName: 'events' })).toBe(false);
  });
});
