import { GetMetricDataCommand, type MetricDataResult } from '@aws-sdk/client-cloudwatch';
import { DAY, METRIC_DIMENSION, METRIC_NAMESPACE, MINUTE } from '../../lambda/core/model/index.ts';
import { pagesOf } from './pages.ts';
import type { Stage } from './stage.ts';

/** How often something was counted over a time, and when last, to the end of that minute. */
export interface Tally {
  count: number;
  /** Epoch milliseconds; absent if it was not counted. */
  last?: number;
}

/** Resolution of what is read; a day of it is a few pages of an answer. */
const PERIOD = MINUTE;

/**
 * Sums of the product's own metrics over the last 24 hours, by name. CloudWatch is a minute or two behind; the local run
 * counts from its start.
 */
export async function readTallies<Name extends string>(
  stage: Stage,
  names: readonly Name[],
  now = Date.now(),
): Promise<Record<Name, Tally>> {
  const points = await pointsOf(stage, names, now);
  const entries = names.map((name): [Name, Tally] => [name, tallyOf(points.get(name) ?? [])]);
  // Each name has an entry.
  return Object.fromEntries(entries) as Record<Name, Tally>;
}

/** When a metric was last written in these 24 hours, also with the value 0; epoch milliseconds. */
export async function lastWritten(stage: Stage, name: string, now = Date.now()): Promise<number | undefined> {
  const times = (await pointsOf(stage, [name], now)).get(name)?.map(([at]) => at) ?? [];
  return times.length > 0 ? Math.max(...times) : undefined;
}

const pointsOf = (stage: Stage, names: readonly string[], now: number): Promise<Map<string, Point[]>> =>
  stage.localUrl ? localPoints(stage.localUrl, now) : points24h(stage, names, now);

/** A value and when it was written, epoch milliseconds. */
type Point = [at: number, value: number];

function tallyOf(points: readonly Point[]): Tally {
  const counted = points.filter(([, value]) => value > 0);
  const count = counted.reduce((sum, [, value]) => sum + value, 0);
  return counted.length > 0 ? { count, last: Math.max(...counted.map(([at]) => at)) } : { count };
}

async function points24h(
  { clients, stackName }: Stage,
  names: readonly string[],
  now: number,
): Promise<Map<string, Point[]>> {
  const points = new Map<string, Point[]>();
  const pages = pagesOf<MetricDataResult, string>(async (NextToken) => {
    const command = new GetMetricDataCommand({
      ...(NextToken && { NextToken }),
      StartTime: new Date(now - DAY),
      EndTime: new Date(now),
      MetricDataQueries: names.map((name, index) => ({
        Id: `m${index}`,
        Label: name,
        MetricStat: {
          Metric: {
            Namespace: METRIC_NAMESPACE,
            MetricName: name,
            Dimensions: [{ Name: METRIC_DIMENSION, Value: stackName }],
          },
          Period: PERIOD / 1000,
          Stat: 'Sum',
        },
      })),
    });
    const { MetricDataResults: items = [], NextToken: next } = await clients.cloudWatch.send(command);
    return { items, next };
  });
  for await (const results of pages) {
    for (const { Label = '', Timestamps = [], Values = [] } of results) {
      const more = Timestamps.map((at, index): Point => [at.getTime() + PERIOD - 1, Values[index] ?? 0]);
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

async function localPoints(url: string, now: number): Promise<Map<string, Point[]>> {
  const response = await fetch(`${url}/_local/metrics`);
  // The local run of the same release answers.
  const { metrics } = (await response.json()) as { metrics: LocalMetric[] };
  const points = new Map<string, Point[]>();
  for (const { name, time, values } of metrics) {
    if (time < now - DAY) continue;
    const value = values.reduce((sum, each) => sum + each, 0);
    points.set(name, [...(points.get(name) ?? []), [time, value]]);
  }
  return points;
}
