import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CreateTableCommand,
  DynamoDBClient,
  type GlobalSecondaryIndex,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import dynalite from 'dynalite';
import { buildApp } from 'fauxqs';
import { BY_DAY_INDEX, INDEX_ATTRIBUTES, OPEN_INDEX } from '../../../lambda/core/model/index.ts';
import { returnOldItems } from './old-items.ts';

const settings = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  maxAttempts: 1,
};

export interface Emulators {
  dynamoDb: DynamoDBClient;
  sqs: SQSClient;
  /** A new table with the indexes of the stack. */
  createTable(): Promise<string>;
  createQueue(): Promise<string>;
  stop(): Promise<void>;
}

/** Longer than any test. */
const KEEP_ALIVE_MS = 3_600_000;

let made = 0;

/** DynamoDB (dynalite, or what `ENGINES_DYNAMODB` names) and SQS (fauxqs), each on its own loopback port. */
export async function startEmulators(): Promise<Emulators> {
  const database: Server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  // A call on a connection that the server closes at that moment would fail: these clients do not repeat it.
  database.keepAliveTimeout = 120_000;
  database.listen(0, '127.0.0.1');
  await once(database, 'listening');
  const queues = buildApp({ logger: false });
  // With the default of 5 s, a server may close a connection in the very moment in which a slow test uses it again.
  for (const server of [database, queues.server]) server.keepAliveTimeout = KEEP_ALIVE_MS;
  const queuesUrl = await queues.listen({ port: 0, host: '127.0.0.1' });
  const dynamoDb = new DynamoDBClient({
    ...settings,
    endpoint: process.env.ENGINES_DYNAMODB ?? `http://127.0.0.1:${(database.address() as AddressInfo).port}`,
  });
  returnOldItems(dynamoDb);
  // fauxqs chooses the host in its queue URLs; the endpoint is where it listens.
  const sqs = new SQSClient({ ...settings, endpoint: queuesUrl, useQueueUrlAsEndpoint: false });
  return {
    dynamoDb,
    sqs,
    async createTable() {
      const TableName = `events-${randomUUID()}`;
      const keys = (hash: string, range: string) => [
        { AttributeName: hash, KeyType: 'HASH' as const },
        { AttributeName: range, KeyType: 'RANGE' as const },
      ];
      const index = (IndexName: string, hash: string): GlobalSecondaryIndex => ({
        IndexName,
        KeySchema: keys(hash, 'received_at'),
        Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: [...INDEX_ATTRIBUTES] },
      });
      await dynamoDb.send(
        new CreateTableCommand({
          TableName,
          BillingMode: 'PAY_PER_REQUEST',
          KeySchema: keys('pk', 'sk'),
          AttributeDefinitions: ['pk', 'sk', 'open', 'day', 'received_at'].map((AttributeName) => ({
            AttributeName,
            AttributeType: 'S' as const,
          })),
          GlobalSecondaryIndexes: [index(OPEN_INDEX, 'open'), index(BY_DAY_INDEX, 'day')],
        }),
      );
      // Even without a delay it does not exist at once.
      await waitUntilTableExists(
        { client: dynamoDb, maxWaitTime: 20, minDelay: 0.02, maxDelay: 0.2 },
        { TableName },
      );
      return TableName;
    },
    async createQueue() {
      made += 1;
      const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: `queue-${made}` }));
      return QueueUrl as string;
    },
    async stop() {
      dynamoDb.destroy();
      sqs.destroy();
      await queues.close();
      database.closeAllConnections();
      database.close();
    },
  };
}
