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
import { Architecture, type Function as LambdaFunction, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, LogGroupClass } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { handlerPath, packageRoot } from '../paths.ts';
import { checkEnvironmentSize } from './environment.ts';

export interface ServiceFunctionProps {
  /** Folder under `lambda/`, and the service name in logs. */
  readonly service: 'verifier' | 'processor' | 'sweeper';
  readonly description: string;
  readonly timeout: Duration;
  /** In MiB; the share of a processor grows with it. */
  readonly memorySize: number;
  /** In days. */
  readonly logRetention: number;
  readonly environment: Record<string, string>;
  /** Absolute path of the follow-ups file to bundle. */
  readonly rules?: string;
  /** Statement id → what the function may do beyond logs and traces. */
  readonly statements: Record<string, Pick<PolicyStatementProps, 'actions' | 'resources' | 'conditions'>>;
}

/** A bundled function with a log group and a role of its own. */
export class ServiceFunction extends Construct implements IGrantable {
  readonly function: LambdaFunction;
  readonly logGroup: LogGroup;
  readonly role: Role;
  readonly grantPrincipal: IPrincipal;

  constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    super(scope, id);
    this.logGroup = new LogGroup(this, 'Logs', {
      // Metrics in log lines (EMF) need the standard class.
      logGroupClass: LogGroupClass.STANDARD,
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = this.createRole(props.statements);
    this.grantPrincipal = this.role;
    this.function = this.createFunction(props);
  }

  /** Exact statements: CDK's own grants add actions that nothing here uses. */
  private createRole(statements: ServiceFunctionProps['statements']): Role {
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

  private createFunction(props: ServiceFunctionProps): LambdaFunction {
    const environment = {
      POWERTOOLS_SERVICE_NAME: props.service,
      POWERTOOLS_LOG_LEVEL: 'INFO',
      NODE_OPTIONS: '--enable-source-maps',
      ...props.environment,
    };
    checkEnvironmentSize(this, environment);
    return new NodejsFunction(this, 'Function', {
      description: props.description,
      // All absolute: the app that uses this construct may run anywhere.
      entry: handlerPath(props.service),
      projectRoot: packageRoot,
      // Only named because CDK asks for one; nothing is installed while bundling.
      depsLockFilePath: join(packageRoot, 'package.json'),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: props.timeout,
      memorySize: props.memorySize,
      tracing: Tracing.ACTIVE,
      role: this.role,
      logGroup: this.logGroup,
      environment,
      bundling: {
        format: OutputFormat.ESM,
        mainFields: ['module', 'main'],
        bundleAwsSDK: true,
        minify: true,
        sourceMap: true,
        // Positions are enough for a stack trace; the sources would make the map five times as large.
        sourcesContent: false,
        target: 'node24',
        ...(props.rules ? { esbuildArgs: { '--alias:#follow-ups': props.rules } } : {}),
      },
    });
  }
}
