import { devNull, tmpdir } from 'node:os';
import { dirname } from 'node:path';
import type { Credentials } from '../front/identities.ts';
import type { FunctionModel } from '../template/model.ts';

/** What a sandbox's environment depends on, besides the function. */
export interface SandboxEnvironment {
  readonly region: string;
  readonly runtimeApi: string;
  readonly awsUrl: string;
  readonly logStream: string;
  readonly credentials: Credentials;
  /** Values that replace those of the template. */
  readonly overrides: Readonly<Record<string, string>>;
}

/** Emulated services, as the SDK's `AWS_ENDPOINT_URL_*` variables spell them. */
const SERVICES = ['DYNAMODB', 'SQS', 'SNS', 'SECRETS_MANAGER'];

/**
 * The environment of a sandbox: the template's variables and those of Lambda. As in AWS, it has nothing of the
 * environment of the person who starts the run.
 */
export function environmentOf(fn: FunctionModel, sandbox: SandboxEnvironment): Record<string, string> {
  return {
    ...fn.environment,
    ...sandbox.overrides,
    ...Object.fromEntries(SERVICES.map((service) => [`AWS_ENDPOINT_URL_${service}`, sandbox.awsUrl])),
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
