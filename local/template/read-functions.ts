import { supported, UnsupportedTemplateError } from '../errors.ts';
import type { AssembledStack } from './assembly.ts';
import type { FunctionModel } from './model.ts';
import { optionalText, record } from './properties.ts';
import { roleReader } from './read-policies.ts';
import type { ResolvedResource, StackReader } from './stack-reader.ts';

/** CloudFormation's defaults. */
const DEFAULT_TIMEOUT_SECONDS = 3;
const DEFAULT_MEMORY_MB = 128;

/**
 * The stack's functions with their roles, code and environment.
 * @throws UnsupportedTemplateError for code or a runtime that cannot run here
 */
export function readFunctions(
  reader: StackReader,
  assetDirectory: AssembledStack['assetDirectory'],
): FunctionModel[] {
  const roleAt = roleReader(reader);
  return reader.read(['AWS::Lambda::Function'], (resource) => {
    const { logicalId, properties: p } = resource;
    const named = reader.named(resource);
    const { name, arn } = named;
    const logging = record(p.LoggingConfig);
    const role = roleAt(String(p.Role));
    const code = optionalText(record(p.Code).S3Key);
    return {
      ...named,
      role: supported(role, `the role of ${logicalId}`, 'give the function a role of the same stack'),
      handler: String(p.Handler),
      runtime: runtimeOf(resource),
      timeoutSeconds: Number(p.Timeout ?? DEFAULT_TIMEOUT_SECONDS),
      memoryMb: Number(p.MemorySize ?? DEFAULT_MEMORY_MB),
      codeDirectory: assetDirectory(
        supported(code, `the code of ${logicalId}`, 'bundle it as an asset (NodejsFunction does)'),
      ),
      environment: environmentOf(resource),
      logGroup: String(logging.LogGroup ?? `/aws/lambda/${name}`),
      traced: record(p.TracingConfig).Mode === 'Active',
      jsonLogs: logging.LogFormat === 'JSON',
      reservedConcurrency:
        p.ReservedConcurrentExecutions === undefined ? undefined : Number(p.ReservedConcurrentExecutions),
      invokers: reader
        .all('AWS::Lambda::Permission')
        .filter(({ properties }) => isFunction(String(properties.FunctionName), name, arn))
        .map(({ properties }) => ({
          principal: String(properties.Principal),
          sourceArn: optionalText(properties.SourceArn),
        })),
    };
  });
}

export function environmentOf({ properties }: ResolvedResource): Record<string, string> {
  const variables = record(record(properties.Environment).Variables);
  return Object.fromEntries(Object.entries(variables).map(([key, value]) => [key, String(value)]));
}

/** Whether a name, an ARN, or the ARN of a version or alias refers to this function. */
const isFunction = (target: string, name: string, arn: string): boolean =>
  target === name || target === arn || target.startsWith(`${arn}:`);

/** The function that a trigger refers to by name, ARN, version or alias. */
export function findFunction(functions: readonly FunctionModel[], target: string): FunctionModel {
  const found = functions.find((fn) => isFunction(target, fn.name, fn.arn));
  const next = 'triggers must refer to functions of the same stack';
  return supported(found, `a trigger of the function ${target}`, next);
}

function runtimeOf({ logicalId, properties }: ResolvedResource): string {
  const runtime = String(properties.Runtime);
  if (runtime.startsWith('nodejs')) return runtime;
  throw new UnsupportedTemplateError(`the runtime ${runtime} (${logicalId})`, 'use a nodejs runtime');
}
