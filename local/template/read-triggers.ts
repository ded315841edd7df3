import { UnsupportedTemplateError } from '../errors.ts';
import type { EventSourceModel, RouteModel, ScheduleModel } from './model.ts';
import type { StackReader } from './stack-reader.ts';

/** The HTTP API's default, in milliseconds. */
const INTEGRATION_TIMEOUT_MS = 30_000;
/** Invocations that Lambda starts with at a time where an event source has no limit. */
const INITIAL_CONCURRENCY = 5;

/** The routes of the stack's HTTP APIs. */
export function readRoutes(reader: StackReader): RouteModel[] {
  const integrations = new Map(
    reader
      .all('AWS::ApiGatewayV2::Integration')
      .map(({ logicalId, properties }) => [String(reader.ref(logicalId)), properties]),
  );
  const stages = reader.all('AWS::ApiGatewayV2::Stage');
  return reader.all('AWS::ApiGatewayV2::Route').map(({ logicalId, properties }) => {
    const integration = integrations.get(String(properties.Target).split('/').at(-1) ?? '');
    if (integration?.PayloadFormatVersion !== '2.0') {
      throw new UnsupportedTemplateError(
        `the integration of ${logicalId}`,
        'use a Lambda integration with payload format 2.0.',
      );
    }
    const stage =
      stages.find((candidate) => candidate.properties.ApiId === properties.ApiId)?.properties ?? {};
    const settings = stage.DefaultRouteSettings as
      | { ThrottlingRateLimit?: number; ThrottlingBurstLimit?: number }
      | undefined;
    return {
      key: String(properties.RouteKey),
      functionArn: functionArnOf(String(integration.IntegrationUri)),
      timeoutMs: Number(integration.TimeoutInMillis ?? INTEGRATION_TIMEOUT_MS),
      apiId: String(properties.ApiId),
      stage: String(stage.StageName ?? '$default'),
      throttle:
        settings?.ThrottlingRateLimit === undefined
          ? undefined
          : { rate: Number(settings.ThrottlingRateLimit), burst: Number(settings.ThrottlingBurstLimit ?? 1) },
    };
  });
}

/** The stack's SQS event source mappings. */
export function readEventSources(reader: StackReader): EventSourceModel[] {
  return reader.all('AWS::Lambda::EventSourceMapping').map(({ logicalId, properties: p }) => {
    const source = String(p.EventSourceArn);
    if (!source.includes(':sqs:')) {
      throw new UnsupportedTemplateError(
        `the event source ${source} (${logicalId})`,
        'only SQS queues are event sources here.',
      );
    }
    if (p.FilterCriteria !== undefined) {
      throw new UnsupportedTemplateError(`FilterCriteria of ${logicalId}`, 'filter in the handler instead.');
    }
    const scaling = p.ScalingConfig as { MaximumConcurrency?: number } | undefined;
    return {
      logicalId,
      queueArn: source,
      functionArn: functionArnOf(String(p.FunctionName)),
      batchSize: Number(p.BatchSize ?? 10),
      batchingWindowSeconds: Number(p.MaximumBatchingWindowInSeconds ?? 0),
      maxConcurrency: Number(scaling?.MaximumConcurrency ?? INITIAL_CONCURRENCY),
      reportsItemFailures: ((p.FunctionResponseTypes ?? []) as string[]).includes('ReportBatchItemFailures'),
      enabled: p.Enabled !== false,
    };
  });
}

/** The stack's schedules, of EventBridge rules and of EventBridge Scheduler. */
export function readSchedules(reader: StackReader): ScheduleModel[] {
  return reader
    .all('AWS::Events::Rule', 'AWS::Scheduler::Schedule')
    .map(({ logicalId, label, properties: p }) => {
      const targets = (p.Targets ?? [p.Target]) as { Arn: string; Input?: string }[];
      const [target] = targets;
      if (p.ScheduleExpression === undefined || target === undefined || targets.length !== 1) {
        throw new UnsupportedTemplateError(`the rule ${logicalId}`, 'give it a schedule and one target.');
      }
      const arn = String(reader.getAtt(logicalId, 'Arn'));
      return {
        logicalId,
        label,
        name: reader.nameOf(logicalId),
        arn,
        functionArn: functionArnOf(target.Arn),
        everySeconds: secondsOf(String(p.ScheduleExpression), logicalId),
        input: target.Input,
        enabled: p.State !== 'DISABLED',
      };
    });
}

const UNITS: Readonly<Record<string, number>> = { minute: 60, hour: 3600, day: 86_400 };

function secondsOf(expression: string, logicalId: string): number {
  const match = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression);
  if (match) return Number(match[1]) * (UNITS[match[2] as string] as number);
  throw new UnsupportedTemplateError(`the schedule ${expression} (${logicalId})`, 'use rate(…).');
}

/** The bare ARN inside an API Gateway path or the ARN of a version or alias; names stay names. */
function functionArnOf(target: string): string {
  const inPath = /\/functions\/([^/]+)\/invocations$/.exec(target)?.[1] ?? target;
  return inPath.split(':').slice(0, 7).join(':');
}
