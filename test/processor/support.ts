import { DAY, MINUTE, SECOND } from '../../lambda/core/model/index.ts';

/** The environment of a processor. */
export const environment = {
  stackName: 'stack',
  stage: 'dev',
  eventRetention: 90 * DAY,
  completionRetention: 180 * DAY,
  bodyRetention: 90 * DAY,
  tableName: 'table',
  queueUrl: 'https://sqs.test/queue',
  deadLetterQueueUrl: 'https://sqs.test/dead',
  apiKeySecretArn: 'arn:key',
  notifyTopicArn: 'arn:notify',
  publishTopicArn: 'arn:publish',
  apiUrl: 'http://127.0.0.1:9',
  functionTimeout: 55 * SECOND,
  lease: MINUTE,
  maxFollowUpDepth: 5,
  idempotencyKeyLifetime: 70 * SECOND,
  repeatUnanswered: true,
  installation: 'i',
  sensitiveSecretArns: [],
  workflowIds: {},
  destinations: {},
  handlers: [],
};
