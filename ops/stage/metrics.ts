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

/** A metric of AWS about a resource of the stack. */
export interface AwsMetric {
  namespace: string;
  name: string;
  dimensions: Readonly<Record<string, string>>;
}

/** By its name alone one of the product's own. */
export type Metric = string | AwsMetric;

/** What is read of a metric, epoch milliseconds; `from` and `to` are multiples of `period`. */
export interface Span {
  from: number;
  to: number;
  period: number;
}

/** Sums of metrics over the last 24 hours. CloudWatch is a minute or two behind; the local run counts from its start. */
export async function readTallies<Name extends string>(
  stage: Stage,
  metrics: Readonly<Record<Name, Metric>>,
  now = Date.now(),
): Promise<Record<Name, Tally>> {
  const entries: [string, Metric][] = Object.entries(metrics);
  const read = entries.map(([, metric]) => metric);
  // A day of minutes is a few pages of an answer.
  const points = await readPoints(stage, read, { from: now - DAY, to: now, period: MINUTE });
  const tallies = entries.map(([name, metric]) => [name, tallyOf(points.get(labelOf(metric)) ?? [])]);
  // Each name has an entry.
  return Object.fromEntries(tallies);
}

/** When a metric was last written in these 24 hours, also with the value 0; epoch milliseconds. */
export async function lastWritten(stage: Stage, name: string, now = Date.now()): Promise<number | undefined> {
  const points = await readPoints(stage, [name], { from: now - DAY, to: now, period: MINUTE });
  const times = points.get(name)?.map(([at]) => at) ?? [];
  return times.length > 0 ? Math.max(...times) : undefined;
}

/** Sums of several metrics together, for each period of a span. */
export async function readSums(stage: Stage, groups: readonly (readonly Metric[])[], span: Span) {
  const points = await readPoints(stage, groups.flat(), span);
  return groups.map((metrics) => {
    const sums = Array.from({ length: Math.ceil((span.to - span.from) / span.period) }, () => 0);
    for (const [at, value] of metrics.flatMap((metric) => points.get(labelOf(metric)) ?? [])) {
      const index = Math.floor((at - span.from) / span.period);
      if (sums[index] !== undefined) sums[index] += value;
    }
    return sums;
  });
}

/** By their labels. */
const readPoints = (stage: Stage, metrics: readonly Metric[], span: Span): Promise<Map<string, Point[]>> =>
  stage.localUrl ? localPoints(stage.localUrl, span) : deployedPoints(stage, metrics, span);

const labelOf = (metric: Metric): string =>
  typeof metric === 'string'
    ? metric
    : [metric.namespace, metric.name, ...Object.values(metric.dimensions)].join(' ');

/** A value and when it was written, epoch milliseconds. */
type Point = [at: number, value: number];

function tallyOf(points: readonly Point[]): Tally {
  const counted = points.filter(([, value]) => value > 0);
  const count = counted.reduce((sum, [, value]) => sum + value, 0);
  return counted.length > 0 ? { count, last: Math.max(...counted.map(([at]) => at)) } : { count };
}

async function deployedPoints(
  { clients, stackName }: Stage,
  metrics: readonly Metric[],
  { from, to, period }: Span,
): Promise<Map<string, Point[]>> {
  const points = new Map<string, Point[]>();
  const pages = pagesOf<MetricDataResult, string>(async (NextToken) => {
    const command = new GetMetricDataCommand({
      ...(NextToken && { NextToken }),
      StartTime: new Date(from),
      EndTime: new Date(to),
      MetricDataQueries: metrics.map((metric, index) => ({
        Id: `m${index}`,
        Label: labelOf(metric),
        MetricStat: { Metric: cloudWatchMetric(metric, stackName), Period: period / SECOND, Stat: 'Sum' },
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

function cloudWatchMetric(metric: Metric, stackName: string) {
  const own = { namespace: METRIC_NAMESPACE, dimensions: { [METRIC_DIMENSION]: stackName } };
  const { namespace, name, dimensions } = typeof metric === 'string' ? { ...own, name: metric } : metric;
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  return { Namespace: namespace, MetricName: name, Dimensions };
}

/** What `GET /_local/metrics` shows of a metric. */
interface LocalMetric extends AwsMetric {
  time: number;
  values: number[];
}

async function localPoints(url: string, { from, to }: Span): Promise<Map<string, Point[]>> {
  const response = await fetch(`${url}/_local/metrics`);
  // The local run of the same release answers.
  const { metrics } = (await response.json()) as { metrics: LocalMetric[] };
  const points = new Map<string, Point[]>();
  for (const { time, values, ...metric } of metrics) {
    if (time < from || time > to) continue;
    const label = labelOf(metric.namespace === METRIC_NAMESPACE ? metric.name : metric);
    const value = values.reduce((sum, each) => sum + each, 0);
    const of = points.get(label) ?? [];
    of.push([time, value]);
    points.set(label, of);
  }
  return points;
}
