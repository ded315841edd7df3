import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { BadArgumentError, OperatorError } from '../errors.ts';
import type { Clients } from '../stage/stage.ts';
import type { Retention } from './measure.ts';
import { MONTH_MINUTES } from './month.ts';

interface Resource {
  Type: string;
  Properties?: Record<string, unknown>;
}

/** What a stage has that costs, read from its template. */
export interface Parts {
  functions: { service: string; memoryGb: number; architecture: 'arm64' | 'x86_64'; traced: boolean }[];
  secrets: number;
  keys: number;
  /** Metrics that the alarms read: metric math reads several. */
  alarmMetrics: number;
  /** Metrics that filters make of log lines. */
  filterMetrics: number;
  dashboards: number;
  /** Invocations by schedules in a month. */
  scheduled: number;
  /** GB of memory that is kept warm. */
  provisionedGb: number;
  pointInTimeRecovery: boolean;
  retention: Retention;
  accessLogs: boolean;
}

/** A template, and where it is from. */
export interface Template {
  parts: Parts;
  /** Absolute path, or the name of the stack. */
  origin: string;
  /** When the file was written, ISO 8601. */
  writtenAt?: string;
}

/** @throws BadArgumentError, OperatorError when there is no such file */
export async function readTemplate(file: string): Promise<Template> {
  // In full: which project it is of depends on where the command was called.
  const origin = resolve(file);
  try {
    const [text, { mtime }] = await Promise.all([readFile(origin, 'utf8'), stat(origin)]);
    return { parts: readParts(text, origin), origin, writtenAt: mtime.toISOString() };
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    throw new OperatorError(
      `there is no template at ${origin}: run "npx cdk synth" in the folder of the app, or say --template or --deployed`,
      { cause: error },
    );
  }
}

/** The synthesized template of a stage, in the folder where the app is. */
export const synthesizedTemplate = (stackName: string, folder = 'cdk.out'): string =>
  join(folder, `${stackName}.template.json`);

/** The template that is deployed. */
export async function readDeployedTemplate(
  { cloudFormation }: Pick<Clients, 'cloudFormation'>,
  stackName: string,
): Promise<Template> {
  const { TemplateBody = '' } = await cloudFormation.send(new GetTemplateCommand({ StackName: stackName }));
  return { parts: readParts(TemplateBody, stackName), origin: stackName };
}

function readParts(text: string, name: string): Parts {
  let resources: Resource[];
  try {
    resources = Object.values((JSON.parse(text) as { Resources: Record<string, Resource> }).Resources);
  } catch (error) {
    throw new BadArgumentError(`${name} is no CloudFormation template in JSON`, { cause: error });
  }
  const of = (type: string) =>
    resources.filter(({ Type }) => Type === type).map(({ Properties = {} }) => Properties);
  const variables: Record<string, unknown> = {};
  const functions = of('AWS::Lambda::Function').map((properties) => {
    const {
      MemorySize = 128,
      Architectures = ['x86_64'],
      TracingConfig,
      Environment,
    } = properties as {
      MemorySize?: number;
      Architectures?: ('arm64' | 'x86_64')[];
      TracingConfig?: { Mode?: string };
      Environment?: { Variables?: Record<string, unknown> };
    };
    Object.assign(variables, Environment?.Variables);
    return {
      service: String(Environment?.Variables?.POWERTOOLS_SERVICE_NAME ?? 'other'),
      memoryGb: MemorySize / 1024,
      architecture: Architectures[0] ?? 'x86_64',
      traced: TracingConfig?.Mode === 'Active',
    };
  });
  if (!functions.some(({ service }) => service === 'verifier')) {
    throw new BadArgumentError(
      `${name} is no template of this service: it has no verifier. Name another with --template`,
    );
  }
  const verifierGb = functions.find(({ service }) => service === 'verifier')?.memoryGb ?? 0;
  const provisioned = of('AWS::Lambda::Alias').reduce((sum, { ProvisionedConcurrencyConfig: config }) => {
    return sum + Number((config as Record<string, number> | undefined)?.ProvisionedConcurrentExecutions ?? 0);
  }, 0);
  const [table] = of('AWS::DynamoDB::Table') as {
    PointInTimeRecoverySpecification?: { PointInTimeRecoveryEnabled?: boolean };
  }[];
  return {
    functions,
    secrets: of('AWS::SecretsManager::Secret').length,
    keys: of('AWS::KMS::Key').length,
    alarmMetrics: of('AWS::CloudWatch::Alarm').reduce((sum, { Metrics }) => sum + metricsRead(Metrics), 0),
    filterMetrics: of('AWS::Logs::MetricFilter').reduce(
      (sum, { MetricTransformations: made }) => sum + (Array.isArray(made) ? made.length : 0),
      0,
    ),
    dashboards: of('AWS::CloudWatch::Dashboard').length,
    scheduled: of('AWS::Events::Rule').reduce(
      (sum, { ScheduleExpression }) => sum + perMonth(ScheduleExpression),
      0,
    ),
    provisionedGb: provisioned * verifierGb,
    pointInTimeRecovery: table?.PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled === true,
    retention: {
      eventDays: Number(variables.EVENT_RETENTION_DAYS ?? 90),
      completionDays: Number(variables.COMPLETION_RETENTION_DAYS ?? 180),
    },
    accessLogs: of('AWS::ApiGatewayV2::Stage').some(
      ({ AccessLogSettings }) => AccessLogSettings !== undefined,
    ),
  };
}

/** An alarm without a list of metrics reads one. */
const metricsRead = (metrics: unknown): number =>
  Array.isArray(metrics) ? metrics.filter((one) => 'MetricStat' in one).length : 1;

const MINUTES: Record<string, number> = { minute: 1, hour: 60, day: 1440 };

function perMonth(expression: unknown): number {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(String(expression)) ?? [];
  return count === undefined ? 0 : MONTH_MINUTES / (Number(count) * (MINUTES[unit ?? ''] ?? 1));
}
