import { supported, UnsupportedTemplateError } from '../errors.ts';
import type { EventSourceModel, FunctionModel, RouteModel, ScheduleModel } from './model.ts';
import { list, optionalText, record, records } from './properties.ts';
import { findFunction } from './read-functions.ts';
import type { StackReader } from './stack-reader.ts';

/** The HTTP API's default. */
const INTEGRATION_TIMEOUT_MS = 30_000;
/** Concurrent invocations that Lambda starts with when an event source sets no limit. */
const INITIAL_CONCURRENCY = 5;
const UNITS: Readonly<Record<string, number>> = { minute: 60, hour: 3600, day: 86_400 };

export function readRoutes(reader: StackReader): RouteModel[] {
  const integrations = new Map(
    reader
      .all('AWS::ApiGatewayV2::Integration')
      .map(({ logicalId, properties }) => [String(reader.ref(logicalId)), properties]),
  );
  const stages = reader.all('AWS::ApiGatewayV2::Stage');
  return reader.read(['AWS::ApiGatewayV2::Route'], ({ logicalId, properties, isOwn }) => {
    // One port stands for one API.
    if (isOwn)
      throw new UnsupportedTemplateError(
        `an HTTP API beside the webhooks' (${logicalId})`,
        'add the route to theirs',
      );
    const found = integrations.get(String(properties.Target).split('/').at(-1) ?? '');
    const integration = supported(
      found?.PayloadFormatVersion === '2.0' ? found : undefined,
      `the integration of ${logicalId}`,
      'use a Lambda integration with payload format 2.0',
    );
    const stage = stages.find((candidate) => candidate.properties.ApiId === properties.ApiId)?.properties;
    const { ThrottlingRateLimit: rate, ThrottlingBurstLimit: burst = 1 } = record(
      stage?.DefaultRouteSettings,
    );
    return {
      key: String(properties.RouteKey),
      functionArn: functionArnOf(String(integration.IntegrationUri)),
      timeoutMs: Number(integration.TimeoutInMillis ?? INTEGRATION_TIMEOUT_MS),
      apiId: String(properties.ApiId),
      stage: String(stage?.StageName ?? '$default'),
      throttle: rate === undefined ? undefined : { rate: Number(rate), burst: Number(burst) },
    };
  });
}

/** The stack's SQS event source mappings: each from a queue of the stack to one of these functions. */
export function readEventSources(
  reader: StackReader,
  functions: readonly FunctionModel[],
): EventSourceModel[] {
  const queues = reader.all('AWS::SQS::Queue').map(({ logicalId }) => reader.getAtt(logicalId, 'Arn'));
  return reader.read(['AWS::Lambda::EventSourceMapping'], ({ logicalId, properties: p }) => {
    const source = String(p.EventSourceArn);
    if (!queues.includes(source)) {
      const next = 'use an SQS queue of the same stack';
      throw new UnsupportedTemplateError(`the event source ${source} (${logicalId})`, next);
    }
    if (p.FilterCriteria !== undefined) {
      throw new UnsupportedTemplateError(`FilterCriteria of ${logicalId}`, 'filter in the handler instead');
    }
    return {
      logicalId,
      queueArn: source,
      functionArn: findFunction(functions, functionArnOf(String(p.FunctionName))).arn,
      batchSize: Number(p.BatchSize ?? 10),
      maxConcurrency: Number(record(p.ScalingConfig).MaximumConcurrency ?? INITIAL_CONCURRENCY),
      reportsItemFailures: list(p.FunctionResponseTypes).includes('ReportBatchItemFailures'),
      enabled: p.Enabled !== false,
    };
  });
}

/** The stack's schedules, each of one of these functions: EventBridge rules and EventBridge Scheduler. */
export function readSchedules(reader: StackReader, functions: readonly FunctionModel[]): ScheduleModel[] {
  return reader.read(['AWS::Events::Rule', 'AWS::Scheduler::Schedule'], (resource) => {
    const { logicalId, properties: p } = resource;
    const [target, ...others] = records(p.Targets ?? p.Target);
    if (p.ScheduleExpression === undefined || target === undefined || others.length > 0) {
      throw new UnsupportedTemplateError(`the rule ${logicalId}`, 'give it a schedule and one target');
    }
    return {
      ...reader.named(resource),
      everySeconds: secondsOf(String(p.ScheduleExpression), logicalId),
      functionArn: findFunction(functions, functionArnOf(String(target.Arn))).arn,
      input: optionalText(target.Input),
      enabled: p.State !== 'DISABLED',
    };
  });
}

function secondsOf(expression: string, logicalId: string): number {
  const [, count, unit = ''] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const seconds = supported(UNITS[unit], `the schedule ${expression} (${logicalId})`, 'use rate(…)');
  return Number(count) * seconds;
}

/** The bare ARN inside an API Gateway path or the ARN of a version or alias; a name stays a name. */
function functionArnOf(target: string): string {
  const inPath = /\/functions\/([^/]+)\/invocations$/.exec(target)?.[1] ?? target;
  return inPath.split(':').slice(0, 7).join(':');
}
