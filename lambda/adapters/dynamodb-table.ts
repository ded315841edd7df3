import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Expected, Item, Key, PutOutcome, Table } from '../core/model/index.ts';

type Client = Pick<DynamoDBClient, 'send'>;

/** Every item of the table has these four attributes: each write goes through `put`. */
export function toItem(attributes: Record<string, AttributeValue>): Item {
  const { pk, sk, v, tag, ...others } = unmarshall(attributes);
  return { ...others, pk, sk, v, tag };
}

const conditionOf = (expected: Expected) =>
  expected === 'absent'
    ? { ConditionExpression: 'attribute_not_exists(pk)' }
    : {
        ConditionExpression: 'tag = :tag',
        ExpressionAttributeValues: { ':tag': { S: expected.tag } },
      };

/**
 * The table in DynamoDB.
 *
 * @param signal Aborts every call: an invocation that runs out of time must not leave calls in flight.
 */
export function dynamoDbTable(client: Client, tableName: string, signal?: AbortSignal): Table {
  const options = signal ? { abortSignal: signal } : {};
  return {
    async get({ pk, sk }: Key): Promise<Item | undefined> {
      const command = new GetItemCommand({
        TableName: tableName,
        Key: { pk: { S: pk }, sk: { S: sk } },
        ConsistentRead: true,
      });
      const { Item: found } = await client.send(command, options);
      return found && toItem(found);
    },

    async put(item: Item, expected: Expected): Promise<PutOutcome> {
      const command = new PutItemCommand({
        TableName: tableName,
        Item: marshall(item, { removeUndefinedValues: true }),
        ...conditionOf(expected),
        // Saves a read after a lost race, and distinguishes a repeat of our own write from another worker's.
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      try {
        await client.send(command, options);
        return { kind: 'written' };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        return error.Item ? { kind: 'conflict', found: toItem(error.Item) } : { kind: 'conflict' };
      }
    },
  };
}
