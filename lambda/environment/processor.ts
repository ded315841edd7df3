import { DAY, SECOND } from '../core/model/index.ts';
import { commonFields } from './common.ts';
import { destinations } from './destinations.ts';
import { flag, list, number, optionalList, text } from './fields.ts';
import { workflowIds } from './workflow-ids.ts';

/** Environment of the processor. */
export const processorEnvironment = {
  ...commonFields,
  bodyRetention: number('BODY_RETENTION_DAYS', DAY),
  deadLetterQueueUrl: text('DLQ_URL'),
  apiKeySecretArn: text('API_KEY_SECRET_ARN'),
  apiUrl: text('CYBERDESK_API_URL'),
  notifyTopicArn: text('NOTIFY_TOPIC_ARN'),
  publishTopicArn: text('PUBLISH_TOPIC_ARN'),
  maxFollowUpDepth: number('MAX_FOLLOW_UP_DEPTH'),
  functionTimeout: number('FUNCTION_TIMEOUT_SECONDS', SECOND),
  lease: number('LEASE_SECONDS', SECOND),
  idempotencyKeyLifetime: number('IDEMPOTENCY_KEY_SECONDS', SECOND),
  repeatUnanswered: flag('REPEAT_UNANSWERED'),
  installation: text('INSTALLATION'),
  sensitiveSecretArns: list('SENSITIVE_SECRET_ARNS'),
  workflowIds,
  destinations,
  handlers: optionalList('HANDLERS'),
};

export type ProcessorEnvironment = {
  [K in keyof typeof processorEnvironment]: ReturnType<(typeof processorEnvironment)[K]['read']>;
};
