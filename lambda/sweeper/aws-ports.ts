import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { batchReader } from '../adapters/batch-reader.ts';
import { dynamoDbTable } from '../adapters/dynamodb-table.ts';
import { arrivals, openIndex } from '../adapters/open-index.ts';
import { sqsResendQueue } from '../adapters/sqs-queues.ts';
import { type Machine, nodeSystem } from '../adapters/system.ts';
import { SECOND } from '../core/model/index.ts';
import type { SweepPorts } from '../core/sweep/index.ts';
import type { CommonEnvironment } from '../environment/common.ts';

/** Time reserved to complete what has begun and to store where the sweep stopped. */
const FINISHING_TIME = 15 * SECOND;
/** Reads and sends that hang are aborted this long before the function's timeout, writes a little later. */
const ABORT_TIME = { calls: 8 * SECOND, writes: 3 * SECOND };

/** Clients of the AWS services that the sweeper calls. */
export interface SweeperClients {
  dynamoDb: Pick<DynamoDBClient, 'send'>;
  sqs: Pick<SQSClient, 'send'>;
}

type AwsParts = Omit<SweepPorts, 'reportAge' | 'reportWaiting' | 'reportResent'>;

/** @returns The ports of one sweep, by the time until the function is killed, in milliseconds. */
export function awsSweeper(
  { dynamoDb, sqs }: SweeperClients,
  { tableName, queueUrl }: Pick<CommonEnvironment, 'tableName' | 'queueUrl'>,
  machine: Machine = nodeSystem,
): (remaining: number) => AwsParts {
  return (remaining) => {
    const signal = machine.abortAfter(remaining - ABORT_TIME.calls);
    return {
      table: dynamoDbTable(dynamoDb, tableName, machine.abortAfter(remaining - ABORT_TIME.writes)),
      reader: batchReader(dynamoDb, tableName, { signal, sleep: machine.sleep }),
      open: openIndex(dynamoDb, tableName, signal),
      arrivals: arrivals(dynamoDb, tableName, signal),
      queue: sqsResendQueue(sqs, queueUrl, signal),
      system: machine,
      deadline: machine.now() + remaining - FINISHING_TIME,
    };
  };
}
