import { Fn, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { workflowIds } from '../../lambda/adapters/environment.ts';
import { METRIC_NAMESPACE } from '../../lambda/core/model/index.ts';
import { SettingsError } from '../settings/settings-error.ts';

/** Lambda takes this many bytes of names and values. */
const MOST_BYTES = 4096;
/** A generous guess for a value that CloudFormation knows only later: a queue's URL, an ARN. */
const DEFERRED_BYTES = 160;

/** `next` → `NEXT_WORKFLOW_ID`, `intakeForm` → `INTAKE_FORM_WORKFLOW_ID`. */
export const workflowVariable = (name: string): string =>
  `${name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toUpperCase()}_WORKFLOW_ID`;

/** Does a rule see the workflow under the name that the setting gave it? */
export const sameNameInRules = (name: string): boolean =>
  Object.keys(workflowIds({ [workflowVariable(name)]: 'id' }))[0] === name;

/** One variable per workflow id. */
export const workflowVariables = (ids: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(ids).map(([name, id]) => [workflowVariable(name), id]));

/** Days that items live in the table. */
export interface Retention {
  readonly eventDays: number;
  readonly completionDays: number;
}

/** What all functions are told. */
export function commonEnvironment(
  scope: Construct,
  stage: string,
  retention: Retention,
): Record<string, string> {
  return {
    POWERTOOLS_METRICS_NAMESPACE: METRIC_NAMESPACE,
    STACK_NAME: Stack.of(scope).stackName,
    STAGE: stage,
    EVENT_RETENTION_DAYS: String(retention.eventDays),
    COMPLETION_RETENTION_DAYS: String(retention.completionDays),
  };
}

/**
 * Lambda refuses a larger environment, but only while it deploys.
 *
 * @throws SettingsError
 */
export function checkEnvironmentSize(scope: Construct, environment: Record<string, string>): void {
  const resolved: Record<string, unknown> = Stack.of(scope).resolve(environment);
  let bytes = 0;
  for (const [name, value] of Object.entries(resolved)) {
    bytes +=
      Buffer.byteLength(name) + (typeof value === 'string' ? Buffer.byteLength(value) : DEFERRED_BYTES);
  }
  if (bytes <= MOST_BYTES) return;
  throw new SettingsError(
    environment.STAGE ?? '',
    'sourceIpAllowList, sensitiveSecretArns, workflowIds',
    `${scope.node.id} would have an environment of ${bytes} bytes, and Lambda takes ${MOST_BYTES}; name fewer`,
  );
}

/** Who starts runs, as part of every idempotency key: two installations never share one. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation fills it in.
export const installation = (): string => Fn.sub('${AWS::AccountId}/${AWS::Region}/${AWS::StackName}');
