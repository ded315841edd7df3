import { commonFields } from '../../lambda/environment/common.ts';
import { isObject, type JsonObject, parseObject } from '../json.ts';
import type { Resource } from '../stage/deployed.ts';
import type { Retention } from './event-use.ts';
import { MONTH_MINUTES } from './prices.ts';

export type Architecture = 'arm64' | 'x86_64';

export interface FunctionPart {
  /** `verifier`, `processor`, `sweeper`, or `other`. */
  service: string;
  memoryGb: number;
  architecture: Architecture;
  traced: boolean;
}

/** What a stage has that costs something, read from its template. */
export interface Parts {
  functions: FunctionPart[];
  secrets: number;
  keys: number;
  /** Whether the customer's key encrypts the stores. */
  hasStoreKey: boolean;
  /** Metrics that the alarms read: one that uses metric math reads several. */
  alarmMetrics: number;
  compositeAlarms: number;
  /** Metrics that filters make from log lines. */
  filterMetrics: number;
  dashboards: number;
  /** Invocations by schedules in a month. */
  scheduled: number;
  /** GB of memory that is kept warm. */
  provisionedGb: number;
  pointInTimeRecovery: boolean;
  /** Recipients of mails about alarms. */
  mailRecipients: number;
  /** Invocations of the processor at a time. */
  processors: number;
  batch: { size: number; windowSeconds: number };
  logDays: number;
  retention: Retention;
  accessLogs: boolean;
}

type Find = (type: string) => JsonObject[];

/** Undefined if the text is not a template in JSON, or has no verifier. */
export function readParts(text: string): Parts | undefined {
  const { Resources } = parseObject(text) ?? {};
  if (!isObject(Resources)) return undefined;
  const resources = Object.values(Resources).filter(isResource);
  const find: Find = (type) =>
    resources.filter(({ Type }) => Type === type).map(({ Properties = {} }) => Properties);
  const functions = find('AWS::Lambda::Function').map(functionPart);
  const verifier = functions.find(({ service }) => service === 'verifier');
  if (!verifier) return undefined;
  const [table = {}] = find('AWS::DynamoDB::Table');
  return {
    functions,
    secrets: find('AWS::SecretsManager::Secret').length,
    keys: find('AWS::KMS::Key').length,
    hasStoreKey: child(table, 'SSESpecification').KMSMasterKeyId !== undefined,
    alarmMetrics: sum(find('AWS::CloudWatch::Alarm'), ({ Metrics }) => metricsRead(Metrics)),
    compositeAlarms: find('AWS::CloudWatch::CompositeAlarm').length,
    filterMetrics: sum(find('AWS::Logs::MetricFilter'), ({ MetricTransformations: made }) => lengthOf(made)),
    dashboards: find('AWS::CloudWatch::Dashboard').length,
    scheduled: sum(find('AWS::Events::Rule'), ({ ScheduleExpression }) => perMonth(ScheduleExpression)),
    provisionedGb: verifier.memoryGb * sum(find('AWS::Lambda::Alias'), provisioned),
    pointInTimeRecovery: child(table, 'PointInTimeRecoverySpecification').PointInTimeRecoveryEnabled === true,
    mailRecipients: find('AWS::SNS::Subscription').filter(({ Protocol }) => Protocol === 'email').length,
    ...sourceOf(find),
    logDays: Number(find('AWS::Logs::LogGroup')[0]?.RetentionInDays ?? 90),
    retention: retentionOf(find),
    accessLogs: find('AWS::ApiGatewayV2::Stage').some((stage) => stage.AccessLogSettings !== undefined),
  };
}

const isResource = (value: unknown): value is Resource => isObject(value) && typeof value.Type === 'string';

const sum = <T>(values: readonly T[], numberOf: (value: T) => number): number =>
  values.reduce((total, value) => total + numberOf(value), 0);

const lengthOf = (list: unknown): number => (Array.isArray(list) ? list.length : 0);

function child(parent: JsonObject, name: string): JsonObject {
  const value = parent[name];
  return isObject(value) ? value : {};
}

const variablesOf = (fn: JsonObject): JsonObject => child(child(fn, 'Environment'), 'Variables');

function functionPart(fn: JsonObject): FunctionPart {
  const { MemorySize = 128, Architectures } = fn;
  return {
    service: String(variablesOf(fn).POWERTOOLS_SERVICE_NAME ?? 'other'),
    memoryGb: Number(MemorySize) / 1024,
    architecture: Array.isArray(Architectures) && Architectures[0] === 'arm64' ? 'arm64' : 'x86_64',
    traced: child(fn, 'TracingConfig').Mode === 'Active',
  };
}

function sourceOf(find: Find): Pick<Parts, 'processors' | 'batch'> {
  const [source = {}] = find('AWS::Lambda::EventSourceMapping');
  return {
    processors: Number(child(source, 'ScalingConfig').MaximumConcurrency ?? 2),
    batch: {
      size: Number(source.BatchSize ?? 1),
      windowSeconds: Number(source.MaximumBatchingWindowInSeconds ?? 0),
    },
  };
}

const provisioned = (alias: JsonObject): number =>
  Number(child(alias, 'ProvisionedConcurrencyConfig').ProvisionedConcurrentExecutions ?? 0);

function retentionOf(find: Find): Retention {
  const variables: JsonObject = Object.assign({}, ...find('AWS::Lambda::Function').map(variablesOf));
  return {
    eventDays: Number(variables[commonFields.eventRetention.name] ?? 90),
    bodyDays: Number(variables.BODY_RETENTION_DAYS ?? variables[commonFields.eventRetention.name] ?? 90),
    completionDays: Number(variables[commonFields.completionRetention.name] ?? 180),
  };
}

/** An alarm without a list of metrics reads one. */
const metricsRead = (metrics: unknown): number =>
  Array.isArray(metrics) ? metrics.filter((one) => 'MetricStat' in one).length : 1;

const MINUTES: Record<string, number> = { minute: 1, hour: 60, day: 1440 };

function perMonth(expression: unknown): number {
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(String(expression)) ?? [];
  return count === undefined ? 0 : MONTH_MINUTES / (Number(count) * (MINUTES[unit] ?? 1));
}
