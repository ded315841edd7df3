import { devNull, tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { processorEnvironment } from '../../lambda/environment/processor.ts';
import { workflowVariable } from '../../lambda/environment/workflow-ids.ts';
import { EXAMPLE_NEXT_WORKFLOW_ID } from '../cyberdesk-api/examples.ts';
import type { Credentials } from '../front/identities.ts';
import type { FunctionModel } from '../template/model.ts';

export interface SandboxEnvironment {
  readonly region: string;
  readonly runtimeApi: string;
  readonly awsUrl: string;
  readonly logStream: string;
  readonly credentials: Credentials;
  /** Values that replace those of the template. */
  readonly overrides: Readonly<Record<string, string>>;
}

/**
 * The environment of a sandbox: the template's variables and those of Lambda. As in AWS, it has nothing of the
 * environment of the person who starts the run.
 */
export function environmentOf(fn: FunctionModel, sandbox: SandboxEnvironment): Record<string, string> {
  return {
    ...fn.environment,
    ...sandbox.overrides,
    // For every service: a call that is not emulated is refused here, and does not leave this machine.
    AWS_ENDPOINT_URL: sandbox.awsUrl,
    _HANDLER: fn.handler,
    AWS_ACCESS_KEY_ID: sandbox.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: sandbox.credentials.secretAccessKey,
    AWS_SESSION_TOKEN: sandbox.credentials.sessionToken,
    AWS_REGION: sandbox.region,
    AWS_DEFAULT_REGION: sandbox.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${fn.runtime}`,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(fn.memoryMb),
    AWS_LAMBDA_FUNCTION_NAME: fn.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_FORMAT: fn.jsonLogs ? 'JSON' : 'Text',
    AWS_LAMBDA_LOG_GROUP_NAME: fn.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: sandbox.logStream,
    AWS_LAMBDA_RUNTIME_API: sandbox.runtimeApi,
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    LAMBDA_TASK_ROOT: fn.codeDirectory,
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    PATH: dirname(process.execPath),
    // Keeps the SDK from reading the AWS configuration of the person who starts the run.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    HOME: tmpdir(),
    TMPDIR: tmpdir(),
  };
}

const NEXT_WORKFLOW = workflowVariable('next');

/** The variable with the URL of the Cyberdesk API. The function that has it starts runs. */
export const API_URL = processorEnvironment.apiUrl.name;

const startsRuns = (fn: FunctionModel) => fn.environment[API_URL] !== undefined;
const isWorkflowId = (variable: string) => /^[A-Z][A-Z0-9_]*_WORKFLOW_ID$/.test(variable);

/** Variables of the caller's environment that replace those of the template. */
export const overridingVariables = (environment: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value && isWorkflowId(name) ? [[name, value]] : [],
    ),
  );

/**
 * Values that replace a function's variables. Workflow ids also go to a function that starts runs but lacks them, and what
 * is for Node.js itself goes to all.
 */
export function functionOverrides(
  fn: FunctionModel,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const applying = Object.entries(given).filter(
    ([name]) =>
      fn.environment[name] !== undefined || (startsRuns(fn) && isWorkflowId(name)) || name === 'NODE_OPTIONS',
  );
  // The shipped stages have no workflows, and the shipped rules start one. Other stages name theirs.
  const standIn = startsRuns(fn) && !Object.keys(fn.environment).some(isWorkflowId);
  return { ...(standIn && { [NEXT_WORKFLOW]: EXAMPLE_NEXT_WORKFLOW_ID }), ...Object.fromEntries(applying) };
}
