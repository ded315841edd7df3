import { ofType, type Template } from './synth.ts';

/** A metric used by an alarm or a widget, without the values of its dimensions. */
export interface ShownMetric {
  /** The alarm's name or the widget's title. */
  readonly by: string;
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly string[];
}

/** Every metric used by the alarms and dashboards of a template. */
export const shownMetrics = (template: Template): ShownMetric[] => [
  ...ofType(template, 'AWS::CloudWatch::Alarm').flatMap(([, { Properties }]) =>
    alarmMetrics(Properties).map((metric) => shown(Properties.AlarmName, metric)),
  ),
  ...ofType(template, 'AWS::CloudWatch::Dashboard').flatMap(([, { Properties }]) =>
    widgetsOf(Properties.DashboardBody).flatMap(({ title, metrics = [] }) =>
      // An expression is over metrics that have rows of their own.
      metrics.filter(([first]) => typeof first === 'string').map((row) => ofRow(title, row)),
    ),
  ),
];

interface CfnMetric {
  Namespace: string;
  MetricName: string;
  Dimensions?: { Name: string }[];
}

/** An alarm has one metric, or an expression over several. */
const alarmMetrics = (
  properties: CfnMetric & { Metrics?: { MetricStat?: { Metric: CfnMetric } }[] },
): CfnMetric[] =>
  properties.Metrics
    ? properties.Metrics.flatMap(({ MetricStat }) => (MetricStat ? [MetricStat.Metric] : []))
    : [properties];

const shown = (by: string, { Namespace, MetricName, Dimensions = [] }: CfnMetric): ShownMetric => ({
  by,
  namespace: Namespace,
  name: MetricName,
  dimensions: Dimensions.map(({ Name }) => Name).sort(),
});

interface Widget {
  title: string;
  metrics?: unknown[][];
}

function widgetsOf(body: { 'Fn::Join': [string, unknown[]] }): Widget[] {
  const [, parts] = body['Fn::Join'];
  const text = parts.map((part) => (typeof part === 'string' ? part : 'x')).join('');
  return (JSON.parse(text).widgets as { properties: Widget }[]).map(({ properties }) => properties);
}

/** `[namespace, name, dimension, value, …, { options }]` */
function ofRow(by: string, row: unknown[]): ShownMetric {
  const [namespace, name, ...rest] = row.filter((part) => typeof part === 'string') as string[];
  const dimensions = rest.filter((_, index) => index % 2 === 0).sort();
  return { by, namespace: namespace ?? '', name: name ?? '', dimensions };
}
