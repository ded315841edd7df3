import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context } from 'aws-lambda';
import { batchReader } from '../adapters/batch-reader.ts';
import { dynamoDbTable } from '../adapters/dynamodb-table.ts';
import { createLogger } from '../adapters/log.ts';
import { Metrics } from '../adapters/metrics.ts';
import { openIndex } from '../adapters/open-index.ts';
import { sqsResendQueue } from '../adapters/sqs-queues.ts';
import { nodeSystem } from '../adapters/system.ts';
import { SECOND, type SweeperMetric } from '../core/model/index.ts';
import { type SweepPorts, sweep } from '../core/sweep/index.ts';
import { readEnvironment } from '../environment/fields.ts';
import { sweeperEnvironment } from '../environment/sweeper.ts';

/** Time reserved to complete what has begun and to store where the sweep stopped. */
const FINISHING_TIME = 15 * SECOND;
/** Reads and sends that hang are aborted this long before the function's timeout, writes a little later. */
const ABORT_TIME = { calls: 8 * SECOND, writes: 3 * SECOND };

const dynamoDb = new DynamoDBClient();
const sqs = new SQSClient();
const logger = createLogger();
const metrics = new Metrics<SweeperMetric>();
const { tableName, queueUrl } = readEnvironment(sweeperEnvironment);

/** Sends messages again that were lost, and reports the age of the oldest unfinished event. */
export async function handler(_event: unknown, context: Context): Promise<void> {
  logger.addContext(context);
  try {
    const { oldest, ...swept } = await sweep(portsFor(context.getRemainingTimeInMillis()));
    if (swept.refused > 0) logger.warn('the queue did not accept all messages', { refused: swept.refused });
    logger.info('sweep finished', { oldest_seconds: Math.round(oldest / SECOND), ...swept });
  } finally {
    metrics.flush();
  }
}

/** @param remaining Time until the function is killed, in milliseconds. */
function portsFor(remaining: number): SweepPorts {
  const signal = abortedAfter(remaining - ABORT_TIME.calls);
  return {
    table: dynamoDbTable(dynamoDb, tableName, abortedAfter(remaining - ABORT_TIME.writes)),
    reader: batchReader(dynamoDb, tableName, signal),
    open: openIndex(dynamoDb, tableName, signal),
    queue: sqsResendQueue(sqs, queueUrl, signal),
    system: nodeSystem,
    deadline: nodeSystem.now() + remaining - FINISHING_TIME,
    reportAge(oldest) {
      metrics.seconds('OldestUnfinishedEventAge', Math.round(oldest / SECOND));
      // At once: what comes after may fail, or be killed.
      metrics.flush();
    },
    reportResent: (count) => metrics.count('EventResent', count),
  };
}

const abortedAfter = (ms: number) => AbortSignal.timeout(Math.max(0, ms));
