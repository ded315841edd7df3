import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context } from 'aws-lambda';
import { dynamoDbTable, listOpen } from '../adapters/dynamodb-table.ts';
import { createLogger } from '../adapters/log.ts';
import { Metrics } from '../adapters/metrics.ts';
import { sqsQueue } from '../adapters/sqs-queues.ts';
import { nodeSystem } from '../adapters/system.ts';
import { SECOND, type SweeperMetric } from '../core/model/index.ts';
import { sweep } from '../core/sweep/index.ts';
import { sweeperEnvironment } from '../environment/sweeper.ts';

const dynamoDb = new DynamoDBClient();
const sqs = new SQSClient();
const logger = createLogger();
const metrics = new Metrics<SweeperMetric>();
const { tableName, queueUrl } = sweeperEnvironment.read();

/** Sends again what has lost its message, and says how old the oldest unfinished event is. */
export async function handler(_event: unknown, context: Context): Promise<void> {
  logger.addContext(context);
  try {
    const { oldest, resent } = await sweep({
      table: dynamoDbTable(dynamoDb, tableName),
      queue: sqsQueue(sqs, queueUrl),
      system: nodeSystem,
      listOpen: () => listOpen(dynamoDb, tableName),
    });
    metrics.seconds('OldestUnfinishedEventAge', Math.round(oldest / SECOND));
    for (let sent = 0; sent < resent; sent += 1) metrics.count('EventResent');
    logger.info('sweep finished', { oldest_seconds: Math.round(oldest / SECOND), resent });
  } finally {
    metrics.flush();
  }
}
