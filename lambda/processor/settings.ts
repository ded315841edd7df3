import type { WorkerSettings } from '../core/completion/index.ts';
import type { ProcessorEnvironment } from '../environment/processor.ts';

/** What the core needs to know of the processor's environment. */
export const settingsOf = (environment: ProcessorEnvironment): WorkerSettings => ({
  installation: environment.installation,
  stage: environment.stage,
  workflowIds: environment.workflowIds,
  maxFollowUpDepth: environment.maxFollowUpDepth,
  sensitiveSecretArns: environment.sensitiveSecretArns,
  destinations: Object.keys(environment.destinations),
  handlers: environment.handlers,
  tableName: environment.tableName,
  apiUrl: environment.apiUrl.replace(/\/+$/, ''),
  lease: environment.lease,
  idempotencyKeyLifetime: environment.idempotencyKeyLifetime,
  repeatUnanswered: environment.repeatUnanswered,
  eventRetention: environment.eventRetention,
  bodyRetention: environment.bodyRetention,
  completionRetention: environment.completionRetention,
});
