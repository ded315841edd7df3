import { ConditionalCheckFailedException, DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { type Delivered, type FinishedEvent, readEvent } from 'cyberdesk-webhooks/delivery';

/**
 * Quickstart, example B: keeps each run's id, status and output in a table of yours. This file is yours to edit.
 *
 * Rules hand events to it by `deliver('persist')`. It throws if it cannot write, and is invoked again later.
 */
const dynamoDb = new DynamoDBClient();
/** Set on the function by `addEnvironment('RUNS_TABLE', table.tableName)`. Its partition key is the text `id`. */
const { RUNS_TABLE } = process.env;

export async function handler(delivered: Delivered<FinishedEvent>): Promise<void> {
  const { run } = await readEvent(delivered);
  const upsert = new UpdateItemCommand({
    TableName: RUNS_TABLE,
    Key: { id: { S: run.id } },
    UpdateExpression: 'SET #status = :status, #output = :output, #at = :at, #delivery = :delivery',
    // Deliveries may be repeated, and overtake each other: a run that was retried in place ends more than once.
    ConditionExpression: 'attribute_not_exists(#at) OR (#at <= :at AND #delivery <> :delivery)',
    ExpressionAttributeNames: {
      '#status': 'status',
      '#output': 'output',
      '#at': 'ended_at',
      '#delivery': 'delivery',
    },
    ExpressionAttributeValues: {
      ':status': { S: run.status },
      ':output': { S: JSON.stringify(run.output_data ?? null) },
      ':at': { N: String(Date.parse(delivered.time)) },
      ':delivery': { S: delivered.id },
    },
  });
  try {
    await dynamoDb.send(upsert);
  } catch (error) {
    // What is stored is this very delivery, or a later ending of the run.
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}
