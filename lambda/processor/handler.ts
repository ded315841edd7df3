import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import rules from '#follow-ups';
import { ApiKey } from '../adapters/api-key.ts';
import { cyberdeskApi } from '../adapters/cyberdesk-api.ts';
import { dynamoDbTable } from '../adapters/dynamodb-table.ts';
import { createLogger } from '../adapters/log.ts';
import { Metrics } from '../adapters/metrics.ts';
import { secretsManager } from '../adapters/secrets-manager.ts';
import { snsTopics } from '../adapters/sns-topics.ts';
import { hideMessage, sqsDeadLetterQueue } from '../adapters/sqs-queues.ts';
import { nodeSystem } from '../adapters/system.ts';
import type { Worker } from '../core/completion/index.ts';
import { type ProcessorMetric, RECORDING_TIME, SECOND } from '../core/model/index.ts';
import { PauseGate } from '../core/pause/index.ts';
import { hideFor, processBatch, processMessage } from '../core/process/index.ts';
import { readEnvironment } from '../environment/fields.ts';
import { processorEnvironment } from '../environment/processor.ts';
import { checkFollowUps } from '../rules/follow-ups.ts';
import { settingsOf } from './settings.ts';

/** AWS calls end this long before the function does, so that nothing runs on in a frozen sandbox. */
const LAST_CALLS = 2 * SECOND;

const dynamoDb = new DynamoDBClient();
const sqs = new SQSClient();
const sns = new SNSClient();
const secretsClient = new SecretsManagerClient();
const logger = createLogger();
const metrics = new Metrics<ProcessorMetric>();
const environment = readEnvironment(processorEnvironment);
const { tableName, queueUrl, deadLetterQueueUrl, functionTimeout } = environment;
const settings = settingsOf(environment);
// While the function is loaded, which synthesis tries as well.
checkFollowUps(rules, settings.stage, settings.workflowIds);
const topicArns = { notify: environment.notifyTopicArn, publish: environment.publishTopicArn };
const api = { baseUrl: settings.apiUrl, repeatUnanswered: settings.repeatUnanswered };
const apiKey = new ApiKey(environment.apiKeySecretArn, nodeSystem);
const gate = new PauseGate(dynamoDbTable(dynamoDb, tableName), nodeSystem, settings.lease);

/** Drives the follow-ups of a batch of finished runs. */
export async function handler(batch: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  logger.addContext(context);
  const end = nodeSystem.now() + Math.min(functionTimeout, context.getRemainingTimeInMillis());
  const signal = AbortSignal.timeout(Math.max(end - LAST_CALLS - nodeSystem.now(), 0));
  const secrets = secretsManager(secretsClient, signal);
  const worker: Worker = {
    table: dynamoDbTable(dynamoDb, tableName, signal),
    deadLetters: sqsDeadLetterQueue(sqs, deadLetterQueueUrl, signal),
    cyberdesk: cyberdeskApi(api, apiKey, secrets),
    secrets,
    topics: snsTopics(sns, topicArns, signal),
    system: nodeSystem,
    gate,
    rules,
    settings,
    deadline: end - RECORDING_TIME,
    count: (metric) => metrics.count(metric),
  };
  gate.begin(worker);
  try {
    return await processBatch(batch, (record) => handleRecord(worker, record));
  } finally {
    metrics.flush();
  }
}

/** True if the message can be acknowledged. */
async function handleRecord(worker: Worker, record: SQSRecord): Promise<boolean> {
  const { body, receiptHandle, attributes, messageId } = record;
  const receives = Number(attributes.ApproximateReceiveCount);
  try {
    const verdict = await processMessage(worker, { body, receives });
    if (verdict.kind === 'acknowledge') {
      logger.info('message done', { message_id: messageId, outcome: verdict.outcome, receives });
      return true;
    }
    const wait = verdict.until - nodeSystem.now();
    logger.info('message deferred', { message_id: messageId, seconds: Math.ceil(wait / SECOND), receives });
    await hideMessage(sqs, queueUrl, receiptHandle, hideFor(wait, receives));
  } catch (error) {
    logger.error('message failed; it will be redelivered', {
      error: error as Error,
      message_id: messageId,
      receives,
    });
    metrics.count('MessageFailed');
    // If this fails too, the message stays hidden for the queue's own visibility time-out, which is long enough.
    await hideMessage(sqs, queueUrl, receiptHandle, hideFor(undefined, receives)).catch(() => undefined);
  }
  return false;
}
