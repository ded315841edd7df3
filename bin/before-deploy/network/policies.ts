import type { VpcEndpoint } from '@aws-sdk/client-ec2';
import { type Finding, problem } from '../../../ops/doctor/check.ts';
import { isObject, type JsonObject, parseObject } from '../../../ops/json.ts';
import { isLike, listOf, textsOf } from '../../../ops/stage/policy-text.ts';

/** Whether the policy of an endpoint surely turns calls of the functions away. */
export function policyFaults(
  { VpcEndpointId, ServiceName, PolicyDocument = '' }: VpcEndpoint,
  actions: readonly string[],
  region: string,
): Finding[] {
  const statements = parseObject(PolicyDocument)?.Statement;
  if (statements === undefined) return [];
  const refused = refusedActions(listOf(statements).filter(isObject), actions);
  if (refused.length === 0) return [];
  const text = `the policy of ${VpcEndpointId} (${ServiceName}) does not allow ${refused.join(', ')}`;
  const next = `allow that in it: aws ec2 modify-vpc-endpoint --vpc-endpoint-id ${VpcEndpointId} --policy-document <policy> --region ${region}`;
  return [problem('network', text, next)];
}

/** What cannot be judged before the functions exist, such as a resource, a principal or a condition, counts as allowed. */
const refusedActions = (statements: readonly JsonObject[], actions: readonly string[]): string[] =>
  actions.filter(
    (action) =>
      statements.some((one) => deniesAll(one, action)) ||
      !statements.some((one) => one.Effect === 'Allow' && isAbout(one, action)),
  );

function isAbout({ Action, NotAction }: JsonObject, action: string): boolean {
  const names = (patterns: unknown) => textsOf(patterns).some((pattern) => isLike(pattern, action));
  return NotAction === undefined ? names(Action) : !names(NotAction);
}

const deniesAll = (statement: JsonObject, action: string): boolean =>
  statement.Effect === 'Deny' &&
  isAbout(statement, action) &&
  statement.Condition === undefined &&
  textsOf(statement.Resource).includes('*') &&
  isEveryone(statement.Principal);

const isEveryone = (principal: unknown): boolean =>
  principal === '*' || (isObject(principal) && textsOf(principal.AWS).includes('*'));
