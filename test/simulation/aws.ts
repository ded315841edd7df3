import { type AttributeValue, ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { ResourceNotFoundException } from '@aws-sdk/client-secrets-manager';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { toItem } from '../../lambda/adapters/dynamodb-table.ts';
import { BY_DAY_INDEX, type Item, type Key, type SecretVersion } from '../../lambda/core/model/index.ts';
import { SECOND } from '../../lambda/core/model/time.ts';
import type { Send, SweepView } from './functions.ts';
import { arrivedOn, openEntries } from './model/open-index.ts';
import { type Caller, FAILING, request } from './ports.ts';
import type { Service } from './service.ts';
import type { WorldParts } from './world-parts.ts';

/** What is sent to AWS; of the many types of inputs and outputs, each operation below knows its own. */
interface Command {
  input: object;
}

/** An operation of a service: what it does with a request, and answers. Its inputs are what the adapters send. */
type Operation = (input: never, context: { attempt: number; random: () => number }) => object | undefined;

/** An AWS client: its requests arrive at a model. Only the SDK itself, with its repeats, is re-implemented. */
function clientOf(caller: Caller, service: Service, operations: Record<string, Operation>) {
  const send = (command: Command, { abortSignal }: { abortSignal?: AbortSignal } = {}) => {
    const name = command.constructor.name.replace(/Command$/, '');
    const operation = operations[name];
    if (!operation) throw new TypeError(`${service} has no operation ${name}`);
    return request(
      { ...caller, signal: abortSignal },
      () => `${name} ${JSON.stringify(command.input).slice(0, 200)}`,
      service,
      (attempt) => {
        try {
          const context = { attempt, random: caller.sandbox.machine.random };
          return { value: operation(command.input as never, context) ?? {} };
        } catch (error) {
          if (!isAnswer(error)) throw error;
          return { error };
        }
      },
    ).then(({ value, error }) => {
      if (error) throw error;
      return value;
    });
  };
  // The adapters use a client for what its overloads promise for each command.
  return { send: send as never };
}

const isAnswer = (error: unknown): error is Error =>
  error instanceof ConditionalCheckFailedException || error instanceof ResourceNotFoundException;

type Attributes = Record<string, AttributeValue>;
interface Put {
  Item: Attributes;
  ConditionExpression: string;
  ExpressionAttributeValues?: { ':tag': { S: string } };
}
interface Query {
  IndexName: string;
  ExpressionAttributeValues: Attributes;
  Limit: number;
  ExclusiveStartKey?: Attributes;
}
type Batch = Record<string, { Keys: Attributes[] }>;

const keyOf = (attributes: Attributes): Key => {
  const { pk, sk } = unmarshall(attributes);
  return { pk, sk };
};
const stored = (item: Item): Attributes => marshall(item, { removeUndefinedValues: true });

/** @param view What a sweep sees; other functions do not query. */
export const dynamoDb = (caller: Caller, { table }: WorldParts, view?: SweepView) =>
  clientOf(caller, 'table', {
    GetItem({ Key }: { Key: Attributes }) {
      const found = table.get(keyOf(Key));
      return { Item: found && stored(found) };
    },
    PutItem({ Item, ConditionExpression, ExpressionAttributeValues }: Put) {
      const isFirst = ConditionExpression === 'attribute_not_exists(pk)';
      const tag = ExpressionAttributeValues?.[':tag'].S ?? '';
      const outcome = table.put(toItem(Item), isFirst ? 'absent' : { tag });
      if (outcome.kind === 'written') return {};
      throw new ConditionalCheckFailedException({
        message: 'The conditional request failed',
        $metadata: {},
        ...(outcome.found && { Item: stored(outcome.found) }),
      });
    },
    /** In pages that end anywhere. */
    Query({ IndexName, ExpressionAttributeValues, Limit, ExclusiveStartKey }: Query, { random }) {
      const { ':value': value, ':from': from, ':until': until } = unmarshall(ExpressionAttributeValues);
      const start = ExclusiveStartKey && unmarshall(ExclusiveStartKey);
      const after = start && { event_id: start.pk.slice('event#'.length), received_at: start.received_at };
      const query = { after, until, limit: random() < 0.1 ? 1 : Limit };
      const isByDay = IndexName === BY_DAY_INDEX;
      const entries = isByDay
        ? arrivedOn(table, value, { ...query, from }, view?.hasArrived)
        : openEntries(table, Number(value), query, view?.isListed);
      const last = entries.at(-1);
      return {
        Items: entries.map((entry) => marshall(entry)),
        ...(last &&
          entries.length === query.limit && {
            LastEvaluatedKey: marshall({
              pk: `event#${last.event_id}`,
              sk: 'event',
              [isByDay ? 'day' : 'open']: value,
              received_at: last.received_at,
            }),
          }),
      };
    },
    /** A part of the keys may be left, as while the table is throttled. */
    BatchGetItem({ RequestItems }: { RequestItems: Batch }, { random }) {
      const [[name, { Keys }] = ['', { Keys: [] }]] = Object.entries(RequestItems);
      const left = Keys.filter(() => random() < 0.02);
      const found = Keys.filter((key) => !left.includes(key)).flatMap((key) => table.get(keyOf(key)) ?? []);
      return {
        Responses: { [name]: found.map(stored) },
        ...(left.length > 0 && { UnprocessedKeys: { [name]: { Keys: left } } }),
      };
    },
  });

interface Entry {
  Id: string;
  MessageBody: string;
}

/** @param send Receives what is sent to the queue. */
export const sqs = (
  caller: Caller,
  world: WorldParts,
  send: Send,
  onBacklog: (messages: number) => void = () => {},
) =>
  clientOf(caller, 'queue', {
    SendMessage({ QueueUrl, MessageBody, MessageAttributes }: Sent, { attempt }: { attempt: number }) {
      const reason = MessageAttributes?.reason?.StringValue;
      if (QueueUrl === DEAD_LETTERS) world.deadLetter(MessageBody, reason ?? '');
      else send(MessageBody, attempt > 1);
      return {};
    },
    /** It may take a part only, and says so with a 200. */
    SendMessageBatch({ Entries }: { Entries: Entry[] }, { attempt, random }) {
      const refused = Entries.filter(() => random() < 0.02);
      for (const entry of Entries) if (!refused.includes(entry)) send(entry.MessageBody, attempt > 1);
      return { Failed: refused.map(({ Id }) => ({ Id })) };
    },
    GetQueueAttributes() {
      const waiting = world.queue.messages.size + world.queue.ballast;
      onBacklog(waiting);
      return {
        Attributes: {
          ApproximateNumberOfMessages: String(waiting),
          ApproximateNumberOfMessagesNotVisible: '0',
        },
      };
    },
    ChangeMessageVisibility({ ReceiptHandle, VisibilityTimeout }: Hidden) {
      world.hide(ReceiptHandle, VisibilityTimeout * SECOND);
      return {};
    },
  });

interface Sent {
  QueueUrl: string;
  MessageBody: string;
  MessageAttributes?: { reason?: { StringValue: string } };
}
interface Hidden {
  ReceiptHandle: string;
  VisibilityTimeout: number;
}
export const DEAD_LETTERS = 'https://sqs.test/dead-letters';

export const sns = (caller: Caller, { oracle }: WorldParts) =>
  clientOf(caller, 'topics', {
    Publish({ Message, Subject }: { Message: string; Subject: string }) {
      if (!/^[\x20-\x7e]{1,100}$/.test(Subject)) throw new TypeError('SNS refuses this subject');
      oracle.onAnnounced(JSON.parse(Message).dedupe_id);
      return {};
    },
  });

/** A function of the customer's: what it ends in comes with a 200. */
export const lambda = (caller: Caller, { oracle }: WorldParts) =>
  clientOf(caller, 'destinations', {
    Invoke({ Payload }: { Payload: Uint8Array }, { random }) {
      if (random() < FAILING) return { StatusCode: 200, FunctionError: 'Unhandled' };
      oracle.onAnnounced(JSON.parse(Buffer.from(Payload).toString()).id);
      return { StatusCode: 200 };
    },
  });

/** A client of a service that is never called. */
export const NONE = { send: (() => Promise.reject(new TypeError('this service is not called'))) as never };

export const secretsManager = (caller: Caller, { secrets }: WorldParts) =>
  clientOf(caller, 'secrets', {
    GetSecretValue({ SecretId, VersionId, VersionStage }: Asked) {
      const version: SecretVersion =
        VersionId === undefined ? { kind: 'label', label: VersionStage } : { kind: 'id', id: VersionId };
      const found = secrets.get(SecretId, version);
      if (found.kind !== 'found')
        throw new ResourceNotFoundException({ message: 'no such version', $metadata: {} });
      const { value, versionId, createdAt } = found;
      return { SecretString: value, VersionId: versionId, CreatedDate: new Date(createdAt) };
    },
  });

interface Asked {
  SecretId: string;
  VersionId?: string;
  VersionStage: 'AWSCURRENT' | 'AWSPREVIOUS';
}
