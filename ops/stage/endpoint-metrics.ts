import { isObject } from '../json.ts';
import { getLocalJson } from './local-json.ts';
import type { AwsMetric } from './metrics.ts';
import { stackResources } from './resources.ts';
import type { Stage } from './stage.ts';

/** What AWS counts of the endpoint: also where the verifier is unable to say anything. */
export interface EndpointMetrics {
  /** Invocations of the verifier that crashed or timed out. */
  errors: AwsMetric;
  /** Invocations for which the account had no concurrency left. */
  throttles: AwsMetric;
  /** Requests that were answered 5xx, by whomever. The local run has no such metric. */
  serverErrors?: AwsMetric;
}

/** @returns undefined if the stack has no such function, or the caller may not list its resources */
export async function endpointMetrics(stage: Stage): Promise<EndpointMetrics | undefined> {
  if (stage.localUrl) return localMetrics(stage.localUrl);
  // Who may read metrics only still sees what they say.
  const all = await stackResources(stage).catch(() => []);
  const find = (type: string, id: RegExp) =>
    all.find(
      ({ ResourceType, LogicalResourceId = '' }) => ResourceType === type && id.test(LogicalResourceId),
    )?.PhysicalResourceId;
  // The stack may have functions and gateways of the customer's own.
  const verifier = find('AWS::Lambda::Function', /VerifierFunction[0-9A-F]{8}$/);
  const ApiId = find('AWS::ApiGatewayV2::Api', /EndpointApi[0-9A-F]{8}$/);
  const Stage = find('AWS::ApiGatewayV2::Stage', /EndpointStage[0-9A-F]{8}$/);
  if (!verifier || !ApiId || !Stage) return undefined;
  const serverErrors = { namespace: 'AWS/ApiGateway', name: '5xx', dimensions: { ApiId, Stage } };
  return { ...ofFunction(verifier), serverErrors };
}

const ofFunction = (FunctionName: string) => {
  const shared = { namespace: 'AWS/Lambda', dimensions: { FunctionName } };
  return { errors: { ...shared, name: 'Errors' }, throttles: { ...shared, name: 'Throttles' } };
};

async function localMetrics(url: string): Promise<EndpointMetrics | undefined> {
  const described = await getLocalJson(`${url}/_local/stack`);
  const functions = isObject(described) && Array.isArray(described.functions) ? described.functions : [];
  const verifier = functions.find(({ label }) => label === 'verifier');
  return verifier && ofFunction(verifier.name);
}
