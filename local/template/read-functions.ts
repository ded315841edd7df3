import { UnsupportedTemplateError } from '../errors.ts';
import type { AssembledStack } from './assembly.ts';
import type { FunctionModel, RoleModel } from './model.ts';
import { readRoles } from './read-roles.ts';
import type { ResolvedResource, StackReader } from './stack-reader.ts';

/** CloudFormation's defaults. */
const DEFAULT_TIMEOUT_SECONDS = 3;
const DEFAULT_MEMORY_MB = 128;

/**
 * The stack's functions with their roles, code and environment.
 * @throws UnsupportedTemplateError for code or runtimes that cannot run here
 */
export function readFunctions(
  reader: StackReader,
  assetDirectory: AssembledStack['assetDirectory'],
): FunctionModel[] {
  const roles = readRoles(reader);
  return reader.all('AWS::Lambda::Function').map((resource) => {
    const { logicalId, properties: p } = resource;
    const name = reader.nameOf(logicalId);
    const arn = String(reader.getAtt(logicalId, 'Arn'));
    const runtime = String(p.Runtime);
    if (!runtime.startsWith('nodejs')) {
      throw new UnsupportedTemplateError(
        `the runtime ${runtime} (${logicalId})`,
        'only nodejs runtimes run here.',
      );
    }
    const environment =
      (p.Environment as { Variables?: Record<string, unknown> } | undefined)?.Variables ?? {};
    const logging = (p.LoggingConfig ?? {}) as { LogGroup?: string; LogFormat?: string };
    return {
      logicalId,
      label: resource.label,
      name,
      arn,
      role: roleOf(roles, resource),
      handler: String(p.Handler),
      runtime,
      timeoutSeconds: Number(p.Timeout ?? DEFAULT_TIMEOUT_SECONDS),
      memoryMb: Number(p.MemorySize ?? DEFAULT_MEMORY_MB),
      codeDirectory: codeOf(resource, assetDirectory),
      environment: Object.fromEntries(
        Object.entries(environment).map(([key, value]) => [key, String(value)]),
      ),
      logGroup: logging.LogGroup ?? `/aws/lambda/${name}`,
      traced: (p.TracingConfig as { Mode?: string } | undefined)?.Mode === 'Active',
      jsonLogs: logging.LogFormat === 'JSON',
      reservedConcurrency:
        p.ReservedConcurrentExecutions === undefined ? undefined : Number(p.ReservedConcurrentExecutions),
      invokers: reader
        .all('AWS::Lambda::Permission')
        .filter(({ properties }) => isFunction(String(properties.FunctionName), name, arn))
        .map(({ properties }) => ({
          principal: String(properties.Principal),
          sourceArn: properties.SourceArn === undefined ? undefined : String(properties.SourceArn),
        })),
    };
  });
}

/** Whether a name, an ARN, or the ARN of a version or alias means this function. */
export function isFunction(target: string, name: string, arn: string): boolean {
  return target === name || target === arn || target.startsWith(`${arn}:`);
}

/** The function that a trigger names by name, ARN, version or alias. */
export function findFunction(functions: readonly FunctionModel[], target: string): FunctionModel {
  const found = functions.find((fn) => isFunction(target, fn.name, fn.arn));
  if (found) return found;
  throw new UnsupportedTemplateError(
    `the function ${target}`,
    'triggers must name functions of the same stack.',
  );
}

function roleOf(
  roles: ReadonlyMap<string, RoleModel>,
  { logicalId, properties }: ResolvedResource,
): RoleModel {
  const role = roles.get(String(properties.Role));
  if (role) return role;
  throw new UnsupportedTemplateError(
    `the role of ${logicalId}`,
    'give the function a role of the same stack.',
  );
}

function codeOf(
  { logicalId, properties }: ResolvedResource,
  assetDirectory: AssembledStack['assetDirectory'],
): string {
  const { S3Key } = (properties.Code ?? {}) as { S3Key?: string };
  if (S3Key !== undefined) return assetDirectory(S3Key);
  throw new UnsupportedTemplateError(
    `the code of ${logicalId}`,
    'bundle it as an asset (NodejsFunction does).',
  );
}
