import { join } from 'node:path';
import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  type IGrantable,
  type IPrincipal,
  PolicyStatement,
  type PolicyStatementProps,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type CfnFunction,
  type Function as LambdaFunction,
  Runtime,
  RuntimeFamily,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, LogGroupClass } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { METRIC_NAMESPACE } from '../../lambda/core/model/index.ts';
import { decryptEnvironment, type Encryption } from '../encryption/encryption.ts';
import { handlerPath, packageRoot } from '../paths.ts';
import type { Settings } from '../settings/defaults.ts';
import { entryOf, hasOwnCode } from './build-options.ts';
import { BundleError } from './bundle-error.ts';
import { bundlingOf, withExplanation } from './bundling.ts';
import { loadingProblem } from './check-loading.ts';
import { checkEnvironmentSize } from './environment.ts';
import { networkStatements } from './network.ts';

/** Props of `ServiceFunction`. */
export interface ServiceFunctionProps {
  /** Service name in logs. */
  readonly service: string;
  /**
   * Absolute path of a handler of the customer's own.
   *
   * @default - the handler in the folder of the service under `lambda/`
   */
  readonly handler?: string;
  readonly description: string;
  readonly timeout: Duration;
  /** In MiB. CPU power grows with it. */
  readonly memorySize: number;
  readonly settings: Settings;
  readonly encryption: Encryption;
  readonly environment: Record<string, string>;
  /** Absolute path of the follow-ups file to bundle. */
  readonly rules?: string;
  /** Statement id → permissions beyond logs and traces. */
  readonly statements: Record<string, Pick<PolicyStatementProps, 'actions' | 'resources' | 'conditions'>>;
}

/** Not `Runtime.NODEJS_24_X`: older releases of CDK lack it, and would silently use another runtime. */
const NODEJS_24 = new Runtime('nodejs24.x', RuntimeFamily.NODEJS);

/** A bundled Lambda function with its own log group and role. */
export class ServiceFunction extends Construct implements IGrantable {
  /** The Lambda function itself. */
  readonly function: LambdaFunction;
  /** Log group of the function. */
  readonly logGroup: LogGroup;
  /** Execution role, with exact permissions and no managed policy. */
  readonly role: Role;
  /** The role, as the principal of `grant…` methods. */
  readonly grantPrincipal: IPrincipal;
  /** The customer's file in the bundle. */
  readonly #own: string | undefined;

  constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    super(scope, id);
    this.logGroup = new LogGroup(this, 'Logs', {
      // The embedded metric format needs the standard class.
      logGroupClass: LogGroupClass.STANDARD,
      retention: props.settings.retention.logs,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(props.encryption.key && { encryptionKey: props.encryption.key }),
    });
    this.role = this.#createRole({ ...props.statements, ...decryptEnvironment(this, props.encryption) });
    this.grantPrincipal = this.role;
    if (props.settings.vpc) for (const statement of networkStatements()) this.role.addToPolicy(statement);
    this.function = this.#createFunction(props);
    this.#placeIn(props.settings.vpc);
    this.#own = props.rules ?? props.handler;
    this.node.addValidation({ validate: () => [loadingProblem(this.function, this.#own) ?? []].flat() });
  }

  /**
   * Imports the bundle once, which synthesis does as well.
   *
   * @throws BundleError if it cannot be loaded, as a function that cannot be loaded stops everything behind it
   */
  checkLoading(): void {
    const problem = loadingProblem(this.function, this.#own);
    if (problem !== undefined) throw new BundleError(problem);
  }

  /** Not with the L2, which wants the whole VPC: ids suffice. */
  #placeIn(vpc: Settings['vpc']): void {
    if (!vpc) return;
    const { subnetIds, securityGroupIds } = vpc;
    const fn = this.function.node.defaultChild as CfnFunction;
    fn.vpcConfig = { subnetIds: [...subnetIds], securityGroupIds: [...securityGroupIds] };
  }

  /** Exact statements: the grants of CDK add actions that nothing here uses. */
  #createRole(statements: ServiceFunctionProps['statements']): Role {
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const writeLogs = {
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [this.logGroup.logGroupArn],
    };
    for (const [sid, statement] of Object.entries({ WriteLogs: writeLogs, ...statements })) {
      role.addToPolicy(new PolicyStatement({ sid, ...statement }));
    }
    return role;
  }

  #createFunction(props: ServiceFunctionProps): LambdaFunction {
    const { service, handler = handlerPath(service), rules } = props;
    const sources = { entry: handler, rules, isOwn: props.handler !== undefined };
    const environment = {
      POWERTOOLS_SERVICE_NAME: service,
      POWERTOOLS_LOG_LEVEL: 'INFO',
      ...(hasOwnCode(sources) && { NODE_OPTIONS: '--enable-source-maps' }),
      POWERTOOLS_METRICS_NAMESPACE: METRIC_NAMESPACE,
      ...props.environment,
    };
    checkEnvironmentSize(this, props.settings.stage, environment);
    return withExplanation(
      sources,
      () =>
        new NodejsFunction(this, 'Function', {
          description: props.description,
          // Absolute paths: the app that uses this construct may run anywhere.
          entry: entryOf(sources),
          // CDK looks for esbuild from here, so that a handler of the customer's may be anywhere.
          projectRoot: packageRoot,
          // Only set because CDK requires it; nothing is installed while bundling.
          depsLockFilePath: join(packageRoot, 'package.json'),
          runtime: NODEJS_24,
          architecture: Architecture.ARM_64,
          timeout: props.timeout,
          memorySize: props.memorySize,
          tracing: props.settings.tracing === 'active' ? Tracing.ACTIVE : Tracing.DISABLED,
          role: this.role,
          logGroup: this.logGroup,
          environment,
          ...(props.encryption.key && { environmentEncryption: props.encryption.key }),
          bundling: bundlingOf(sources),
        }),
    );
  }
}
