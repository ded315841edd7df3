import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { CommonEnvironment } from '../../lambda/environment/common.ts';
import { SettingsError } from '../settings/settings-error.ts';
import type { Parts } from './parts.ts';

/** Lambda's limit for the names and values of all variables. */
const MAX_BYTES = 4096;
/** A generous estimate for a value that CloudFormation resolves later, such as a queue's URL or an ARN. */
const DEFERRED_BYTES = 160;

/** Values in the environment of every function. */
export const commonEnvironment = (scope: Construct, parts: Parts): CommonEnvironment => ({
  stackName: Stack.of(scope).stackName,
  stage: parts.settings.stage,
  tableName: parts.eventsTable.table.tableName,
  queueUrl: parts.eventQueue.queue.queueUrl,
  eventRetention: parts.settings.retention.events.toMilliseconds(),
  completionRetention: parts.settings.retention.completions.toMilliseconds(),
});

/**
 * Lambda rejects a larger environment, but only during the deployment.
 *
 * @throws SettingsError
 */
export function checkEnvironmentSize(
  scope: Construct,
  stage: string,
  environment: Record<string, string>,
): void {
  const resolved: Record<string, unknown> = Stack.of(scope).resolve(environment);
  let bytes = 0;
  for (const [name, value] of Object.entries(resolved)) {
    bytes +=
      Buffer.byteLength(name) + (typeof value === 'string' ? Buffer.byteLength(value) : DEFERRED_BYTES);
  }
  if (bytes <= MAX_BYTES) return;
  throw new SettingsError(
    stage,
    'sourceIpAllowList, workflowIds, sensitive secrets',
    `too many entries: the environment of ${scope.node.id} would have ${bytes} bytes, and Lambda allows ${MAX_BYTES}`,
  );
}
