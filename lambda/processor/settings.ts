import { list, required, requiredNumber, workflowIds } from '../adapters/environment.ts';
import type { WorkerSettings } from '../core/completion/index.ts';
import { DAY, SECOND } from '../core/model/index.ts';

/** What the stack says to the processor. @throws EnvironmentError */
export const readSettings = (): WorkerSettings => ({
  installation: required('INSTALLATION'),
  stage: required('STAGE'),
  workflowIds: workflowIds(),
  maxFollowUpDepth: requiredNumber('MAX_FOLLOW_UP_DEPTH'),
  sensitiveSecretArns: list('SENSITIVE_SECRET_ARNS'),
  apiUrl: required('CYBERDESK_API_URL').replace(/\/+$/, ''),
  lease: requiredNumber('LEASE_SECONDS') * SECOND,
  eventRetention: requiredNumber('EVENT_RETENTION_DAYS') * DAY,
  completionRetention: requiredNumber('COMPLETION_RETENTION_DAYS') * DAY,
});
