import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DeleteMessageCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { batchReader } from '../../lambda/adapters/batch-reader.ts';
import { dynamoDbTable } from '../../lambda/adapters/dynamodb-table.ts';
import { arrivals, openIndex } from '../../lambda/adapters/open-index.ts';
import { hideMessage, sqsDeadLetterQueue, sqsResendQueue } from '../../lambda/adapters/sqs-queues.ts';
import {
  type Arrivals,
  type BatchReader,
  BY_DAY_INDEX,
  OPEN_INDEX,
  type OpenIndex,
  type ResendQueue,
  type Table,
} from '../../lambda/core/model/index.ts';
import { SECOND } from '../../lambda/core/model/time.ts';
import { AwsCaller } from '../../local/emulators/caller.ts';
import { Emulators, type Engines } from '../../local/emulators/emulators.ts';
import { provision } from '../../local/emulators/provision.ts';
import { Faults } from '../../local/faults/faults.ts';
import { AwsFront } from '../../local/front/front.ts';
import { Identities } from '../../local/front/identities.ts';
import type { DataModel } from '../../local/template/model.ts';
import { engines } from '../engines/engines.ts';
import { arrivedOn, openEntries } from '../simulation/model/open-index.ts';
import { QueueModel } from '../simulation/model/queue.ts';
import { TableModel } from '../simulation/model/table.ts';

export interface Taken {
  body: string;
  receives: number;
  handle: string;
}

/** A queue with a dead-letter queue, as far as the protocol relies on it. Times in seconds. */
export interface QueueSubject extends ResendQueue {
  send(body: string): Promise<void>;
  receive(visibility: number): Promise<Taken[]>;
  hide(handle: string, seconds: number): Promise<void>;
  delete(handle: string): Promise<void>;
  deadLetters(): Promise<Taken[]>;
}

/** A set of stores; all of them must behave the same. */
export interface Subject {
  name: string;
  table: Table;
  reader: BatchReader;
  open: OpenIndex;
  arrivals: Arrivals;
  /** Removes an item, as its expiry does. */
  expire(pk: string, sk: string): Promise<void>;
  queue: QueueSubject;
  close(): Promise<void>;
}

/** Receives before a message moves to the dead-letter queue. */
export const RECEIVES = 3;

export async function simulated(): Promise<Subject> {
  const table = new TableModel();
  const dead = new QueueModel();
  const queue = new QueueModel({ limit: RECEIVES, deadLetters: dead });
  let now = 0;
  return {
    name: 'the simulation',
    table: { get: async (key) => table.get(key), put: async (item, expected) => table.put(item, expected) },
    reader: { getAll: async (keys) => keys.map((key) => table.get(key)) },
    open: { list: async (shard, query) => openEntries(table, shard, query) },
    arrivals: { list: async (day, query) => arrivedOn(table, day, query) },
    expire: async (pk, sk) => void table.items.delete(`${pk}\n${sk}`),
    queue: {
      send: async (body) => void queue.send(body, now),
      sendAll: async (messages) => {
        for (const message of messages) queue.send(JSON.stringify(message), now);
        return [];
      },
      backlog: async () => queue.messages.size,
      receive: async (visibility) => {
        // Each receive takes a moment, so that time passes for a caller that waits.
        now += SECOND / 10;
        return queue.receive(now, 10, visibility * SECOND);
      },
      hide: async (handle, seconds) => void queue.changeVisibility(handle, seconds * SECOND, now),
      delete: async (handle) => void queue.delete(handle),
      deadLetters: async () => dead.receive(now, 10, 0),
    },
    close: async () => {},
  };
}

const REGION = 'us-east-1';
const TABLE = 'contract-table';

/** The local run's emulators, through its front, the functions' own adapters and the SDK. */
export const local = (): Promise<Subject> => behindFront('the local run');

/** The same with other implementations of DynamoDB and SQS. */
export const withEngines = (): Promise<Subject> => behindFront('the engines', engines);

async function behindFront(name: string, engines?: Engines): Promise<Subject> {
  const front = new AwsFront();
  const url = await front.listen();
  const backend = new Emulators(dataModel(), url, REGION, { engines });
  await provision(dataModel(), new AwsCaller(backend, REGION));
  const identities = new Identities();
  front.open({
    identities,
    backend,
    faults: new Faults(),
    authorizer: undefined as never,
    needed: () => [],
    kill: () => {},
  });
  const config = { region: REGION, endpoint: url, credentials: identities.operator };
  const dynamoDb = new DynamoDBClient(config);
  const sqs = new SQSClient(config);
  const urlOf = async (QueueName: string) =>
    (await sqs.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl as string;
  const [queueUrl, deadUrl] = [await urlOf('contract-queue'), await urlOf('contract-dead')];
  const { send } = sqsDeadLetterQueue(sqs, queueUrl);
  const receive = async (QueueUrl: string, VisibilityTimeout: number): Promise<Taken[]> => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        VisibilityTimeout,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['ApproximateReceiveCount'],
      }),
    );
    return Messages.map(({ Body, ReceiptHandle, Attributes }) => ({
      body: Body as string,
      handle: ReceiptHandle as string,
      receives: Number(Attributes?.ApproximateReceiveCount),
    }));
  };
  return {
    name,
    table: dynamoDbTable(dynamoDb, TABLE),
    reader: batchReader(dynamoDb, TABLE),
    open: openIndex(dynamoDb, TABLE),
    arrivals: arrivals(dynamoDb, TABLE),
    expire: async (pk, sk) =>
      void (await dynamoDb.send(
        new DeleteItemCommand({ TableName: TABLE, Key: { pk: { S: pk }, sk: { S: sk } } }),
      )),
    queue: {
      ...sqsResendQueue(sqs, queueUrl),
      send: (body) => send(body, 'none'),
      receive: (visibility) => receive(queueUrl, visibility),
      hide: (handle, seconds) =>
        hideMessage(sqs, queueUrl)(handle, seconds * SECOND, AbortSignal.timeout(100_000)),
      // Some services reject a stale handle and others ignore it; either way the message must stay.
      delete: async (handle) =>
        void (await sqs
          .send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: handle }))
          .catch(() => {})),
      deadLetters: () => receive(deadUrl, 0),
    },
    close: async () => {
      dynamoDb.destroy();
      sqs.destroy();
      await front.close();
      await backend.close();
    },
  };
}

function dataModel(): DataModel {
  const keys = (partition: string, sort: string) => [
    { AttributeName: partition, KeyType: 'HASH' },
    { AttributeName: sort, KeyType: 'RANGE' },
  ];
  const arn = (name: string) => `arn:aws:sqs:${REGION}:000000000000:${name}`;
  const queue = (name: string, attributes: Record<string, string>) => ({
    logicalId: name,
    label: name,
    name,
    arn: arn(name),
    url: name,
    attributes,
    visibilityTimeoutSeconds: 30,
    policy: undefined,
  });
  const redrive = { deadLetterTargetArn: arn('contract-dead'), maxReceiveCount: RECEIVES };
  return {
    tables: [
      {
        logicalId: TABLE,
        label: TABLE,
        name: TABLE,
        arn: `arn:aws:dynamodb:${REGION}:000000000000:table/${TABLE}`,
        create: {
          TableName: TABLE,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: ['pk', 'sk', 'open', 'day', 'received_at'].map((AttributeName) => ({
            AttributeName,
            AttributeType: 'S',
          })),
          KeySchema: keys('pk', 'sk'),
          GlobalSecondaryIndexes: [
            [OPEN_INDEX, 'open'],
            [BY_DAY_INDEX, 'day'],
          ].map(([IndexName = '', partition = '']) => ({
            IndexName,
            KeySchema: keys(partition, 'received_at'),
            Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['event_id'] },
          })),
        },
        keyNames: ['pk', 'sk'],
        ttlAttribute: 'ttl',
      },
    ],
    queues: [queue('contract-dead', {}), queue('contract-queue', { RedrivePolicy: JSON.stringify(redrive) })],
    topics: [],
    secrets: [],
    keys: [],
  };
}
