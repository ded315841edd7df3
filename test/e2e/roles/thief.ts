import {
  BatchGetItemCommand,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { PurgeQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Credentials } from '../../../local/front/identities.ts';
import type { LocalRun } from '../../../local/run.ts';

/** Keys of an item. */
export type Key = readonly [pk: string, sk: string];

interface ThiefConfig {
  region: string;
  endpoint: string;
  credentials: Credentials;
  maxAttempts: number;
}

/** What someone can do who has stolen the credentials of one function: every kind of call that a role could allow. */
export function thief(run: LocalRun, label: string) {
  const config = {
    region: 'us-east-1',
    endpoint: run.awsUrl,
    credentials: run.credentialsOf(label),
    maxAttempts: 1,
  };
  const { TableName } = run.stack.outputs;
  return { ...onTable(new DynamoDBClient(config), `${TableName}`), ...beside(config) };
}

function onTable(client: DynamoDBClient, TableName: string) {
  const keyOf = ([pk, sk]: Key) => ({ TableName, Key: marshall({ pk, sk }) });
  return {
    put: (key: Key, more: object = {}) => {
      const Item = marshall({ pk: key[0], sk: key[1], v: 1, tag: 'forged', ...more });
      return client.send(new PutItemCommand({ TableName, Item }));
    },
    /** Reads an item without a grant to read: by a condition that fails. */
    readBack: async ([pk, sk]: Key) => {
      const command = new PutItemCommand({
        TableName,
        Item: marshall({ pk, sk }),
        ConditionExpression: 'attribute_not_exists(pk)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      return client.send(command).catch((error) => {
        if (error.name !== 'ConditionalCheckFailedException') throw error;
        return unmarshall(error.Item);
      });
    },
    get: async (key: Key) => (await client.send(new GetItemCommand(keyOf(key)))).Item,
    getMany: (...pks: string[]) => {
      const Keys = pks.map((pk) => marshall({ pk, sk: 'body' }));
      return client.send(new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys } } }));
    },
    remove: (key: Key) => client.send(new DeleteItemCommand(keyOf(key))),
    update: (key: Key) => client.send(new UpdateItemCommand(keyOf(key))),
    transact: (key: Key) => {
      const forged = { Put: { TableName, Item: marshall({ pk: key[0], sk: key[1] }) } };
      return client.send(new TransactWriteItemsCommand({ TransactItems: [forged] }));
    },
    scan: () => client.send(new ScanCommand({ TableName })),
    list: () =>
      client.send(
        new QueryCommand({
          TableName,
          IndexName: 'open',
          KeyConditionExpression: '#open = :shard',
          ExpressionAttributeNames: { '#open': 'open' },
          ExpressionAttributeValues: { ':shard': { S: '0' } },
        }),
      ),
  };
}

function beside(config: ThiefConfig) {
  const sqs = new SQSClient(config);
  const secrets = new SecretsManagerClient(config);
  const sns = new SNSClient(config);
  const lambda = new LambdaClient(config);
  return {
    send: (QueueUrl: string) =>
      sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: '{"v":1,"event":"x"}' })),
    receive: (QueueUrl: string) => sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0 })),
    purge: (QueueUrl: string) => sqs.send(new PurgeQueueCommand({ QueueUrl })),
    secret: async (SecretId: string) =>
      (await secrets.send(new GetSecretValueCommand({ SecretId }))).SecretString,
    setSecret: (SecretId: string) =>
      secrets.send(new PutSecretValueCommand({ SecretId, SecretString: 'forged' })),
    publish: (TopicArn: string) => sns.send(new PublishCommand({ TopicArn, Message: 'forged' })),
    invoke: (FunctionName: string) =>
      lambda.send(new InvokeCommand({ FunctionName, Payload: Buffer.from('{}') })),
  };
}
