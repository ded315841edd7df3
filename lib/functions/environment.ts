import { Fn, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { METRIC_NAMESPACE } from '../../lambda/core/metric-names.ts';

/** `next` → `NEXT_WORKFLOW_ID`, `intakeForm` → `INTAKE_FORM_WORKFLOW_ID`. */
export const workflowVariable = (name: string): string =>
  `${name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toUpperCase()}_WORKFLOW_ID`;

/** One variable per workflow id. */
export const workflowVariables = (ids: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(ids).map(([name, id]) => [workflowVariable(name), id]));

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

/** Days that items live in the table. */
export interface Retention {
  readonly eventDays: number;
  readonly completionDays: number;
}

/** Who starts runs, as part of every idempotency key: two installations never share one. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation fills it in.
export const installation = (): string => Fn.sub('${AWS::AccountId}/${AWS::Region}/${AWS::StackName}');
