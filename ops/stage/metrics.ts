import { GetMetricDataCommand, type MetricDataResult } from '@aws-sdk/client-cloudwatch';
import { DAY, METRIC_DIMENSION, METRIC_NAMESPACE, MINUTE, SECOND } from '../../lambda/core/model/index.ts';
import { pagesOf } from './pages.ts';
import type { Stage } from './stage.ts';

/** How often something was counted over a time, and when last, to the end of that minute. */
export interface Tally {
  count: number;
  /** Epoch milliseconds; absent if it was not counted. */
  last?: number;
}

/** What is read of a metric, epoch milliseconds; `from` and `to` are multiples of `period`. */
export interface Span {
  from: number;
  to: number;
  period: number;
}

/**
 * Sums of the product's own metrics over the last 24 hours, by name. CloudWatch is a minute or two behind; the local run
 * counts from its start.
 */
export async function readTallies<Name extends string>(
  stage: Stage,
  names: readonly Name[],
  now = Date.now(),
): Promise<Record<Name, Tally>> {
  // A day of minutes is a few pages of an answer.
  const points = await readPoints(stage, names, { from: now - DAY, to: now, period: MINUTE });
  const entries = names.map((name): [Name, Tally] => [name, tallyOf(points.get(name) ?? [])]);
  // Each name has an entry.
  return Object.fromEntries(entries) as Record<Name, Tally>;
}

/** When a metric was last written in these 24 hours, also with the value 0; epoch milliseconds. */
export async function lastWritten(stage: Stage, name: string, now = Date.now()): Promise<number | undefined> {
  const points = await readPoints(stage, [name], { from: now - DAY, to: now, period: MINUTE });
  const times = points.get(name)?.map(([at]) => at) ?? [];
  return times.length > 0 ? Math.max(...times) : undefined;
}

/** Sums of several metrics together, for each period of a span. */
export async function readSums(stage: Stage, groups: readonly (readonly string[])[], span: Span) {
  const points = await readPoints(stage, groups.flat(), span);
  return groups.map((names) => {
    const sums = Array.from({ length: Math.ceil((span.to - span.from) / span.period) }, () => 0);
    for (const [at, value] of names.flatMap((name) => points.get(name) ?? [])) {
      const index = Math.floor((at - span.from) / span.period);
      if (sums[index] !== undefined) sums[index] += value;
    }
    return sums;
  });
}

const readPoints = (stage: Stage, names: readonly string[], span: Span): Promise<Map<string, Point[]>> =>
  stage.localUrl ? localPoints(stage.localUrl, span) : deployedPoints(stage, names, span);

/** A value and when it was written, epoch milliseconds. */
type Point = [at: number, value: number];

function tallyOf(points: readonly Point[]): Tally {
  const counted = points.filter(([, value]) => value > 0);
  const count = counted.reduce((sum, [, value]) => sum + value, 0);
  return counted.length > 0 ? { count, last: Math.max(...counted.map(([at]) => at)) } : { count };
}

async function deployedPoints(
  { clients, stackName }: Stage,
  names: readonly string[],
  { from, to, period }: Span,
): Promise<Map<string, Point[]>> {
  const points = new Map<string, Point[]>();
  const pages = pagesOf<MetricDataResult, string>(async (NextToken) => {
    const command = new GetMetricDataCommand({
      ...(NextToken && { NextToken }),
      StartTime: new Date(from),
      EndTime: new Date(to),
      MetricDataQueries: names.map((name, index) => ({
        Id: `m${index}`,
        Label: name,
        MetricStat: {
          Metric: {
            Namespace: METRIC_NAMESPACE,
            MetricName: name,
            Dimensions: [{ Name: METRIC_DIMENSION, Value: stackName }],
          },
          Period: period / SECOND,
          Stat: 'Sum',
        },
      })),
    });
    const { MetricDataResults: items = [], NextToken: next } = await clients.cloudWatch.send(command);
    return { items, next };
  });
  for await (const results of pages) {
    for (const { Label = '', Timestamps = [], Values = [] } of results) {
      const more = Timestamps.map((at, index): Point => [at.getTime() + period - 1, Values[index] ?? 0]);
      points.set(Label, [...(points.get(Label) ?? []), ...more]);
    }
  }
  return points;
}

/** What `GET /_local/metrics` shows of a metric. */
interface LocalMetric {
  name: string;
  time: number;
  values: number[];
}

async function localPoints(url: string, { from, to }: Span): Promise<Map<string, Point[]>> {
  const response = await fetch(`${url}/_local/metrics`);
  // The local run of the same release answers.
  const { metrics } = (await response.json()) as { metrics: LocalMetric[] };
  const points = new Map<string, Point[]>();
  for (const { name, time, values } of metrics) {
    if (time < from || time > to) continue;
    const value = values.reduce((sum, each) => sum + each, 0);
    points.set(name, [...(points.get(name) ?? []), [time, value]]);
  }
  return points;
}
