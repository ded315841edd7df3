import { join } from 'node:path';
import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, type Function as LambdaFunction, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, LogGroupClass, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { handlerPath, packageRoot } from '../paths.ts';

export interface ServiceFunctionProps {
  /** Folder under `lambda/`, and the service name in logs. */
  readonly service: 'verifier' | 'processor' | 'sweeper';
  readonly description: string;
  readonly timeout: Duration;
  /** Memory in MiB; processor speed grows with it. */
  readonly memorySize: number;
  readonly environment: Record<string, string>;
  /** Absolute path of the follow-ups file to bundle. */
  readonly rules?: string;
  /** Statement id → what the function may do beyond logs and traces. */
  readonly statements: Record<string, { actions: string[]; resources: string[] }>;
}

/** A bundled function with a log group and a role of its own. */
export class ServiceFunction extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', {
      // EMF metrics need the standard class.
      logGroupClass: LogGroupClass.STANDARD,
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const statements = {
      WriteLogs: {
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [logGroup.logGroupArn],
      },
      ...props.statements,
    };
    for (const [sid, statement] of Object.entries(statements)) {
      role.addToPolicy(new PolicyStatement({ sid, ...statement }));
    }
    this.function = new NodejsFunction(this, 'Function', {
      description: props.description,
      entry: handlerPath(props.service),
      projectRoot: packageRoot,
      depsLockFilePath: join(packageRoot, 'package.json'),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: props.timeout,
      memorySize: props.memorySize,
      tracing: Tracing.ACTIVE,
      role,
      logGroup,
      environment: {
        POWERTOOLS_SERVICE_NAME: props.service,
        POWERTOOLS_LOG_LEVEL: 'INFO',
        NODE_OPTIONS: '--enable-source-maps',
        ...props.environment,
      },
      bundling: {
        format: OutputFormat.ESM,
        mainFields: ['module', 'main'],
        bundleAwsSDK: true,
        minify: true,
        sourceMap: true,
        sourcesContent: false,
        target: 'node24',
        ...(props.rules ? { esbuildArgs: { '--alias:#follow-ups': props.rules } } : {}),
      },
    });
  }
}
