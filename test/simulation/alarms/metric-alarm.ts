import { SECOND } from '../../../lambda/core/model/time.ts';
import type { Resource } from '../../lib/support/synth.ts';
import { parse } from './expression.ts';
import type { Measurements, Statistic } from './measurements.ts';

export type State = 'OK' | 'ALARM';

/** What an alarm reads, by its id: a metric or an expression over others. */
interface Query {
  readonly read: (end: number) => number | undefined;
}

interface Metric {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: readonly { readonly Value: unknown }[];
}

/** A metric of ours by its own name; one of AWS with what it is of, by logical id. */
function nameOf({ Namespace, MetricName, Dimensions = [] }: Metric): string {
  if (Namespace === 'CyberdeskWebhooks') return MetricName;
  return `${MetricName} ${/Verifier|Processor|Sweeper|DeadLetter|Endpoint/.exec(JSON.stringify(Dimensions))?.[0]}`;
}

/** An alarm that reads metrics, as it stands in a template. */
export class MetricAlarm {
  state: State = 'OK';
  readonly #properties: Resource['Properties'];
  readonly #read: Query['read'];
  readonly #period: number;

  /** @param fills Whether FILL also fills a metric that has no data in the period. */
  constructor({ Properties }: Resource, measurements: Measurements, fills: boolean) {
    this.#properties = Properties;
    const { Metrics, Period } = Properties;
    if (!Metrics) {
      this.#period = Period * SECOND;
      this.#read = reader(Properties, Properties, measurements);
      return;
    }
    const [{ MetricStat }] = Metrics.filter((query: object) => 'MetricStat' in query);
    this.#period = MetricStat.Period * SECOND;
    this.#read = expressionReader(Metrics, measurements, fills);
  }

  /** At a full minute. The period slides with it. */
  evaluate(now: number): void {
    const { EvaluationPeriods, TreatMissingData } = this.#properties;
    const values = Array.from({ length: EvaluationPeriods }, (_, index) =>
      this.#read(now - index * this.#period),
    );
    if (TreatMissingData === 'ignore' && values.every((value) => value === undefined)) return;
    const breaches = values.every((value) =>
      value === undefined ? TreatMissingData === 'breaching' : this.#isBeyond(value),
    );
    this.state = breaches ? 'ALARM' : 'OK';
  }

  #isBeyond(value: number): boolean {
    const { ComparisonOperator, Threshold } = this.#properties;
    return ComparisonOperator === 'LessThanThreshold' ? value < Threshold : value >= Threshold;
  }
}

const reader =
  (
    metric: Metric,
    { Statistic, Stat = Statistic, Period }: StatOf,
    measurements: Measurements,
  ): Query['read'] =>
  (end) =>
    measurements.statistic(nameOf(metric), Stat as Statistic, end, Period * SECOND);

interface StatOf {
  readonly Statistic?: string;
  readonly Stat?: string;
  readonly Period: number;
}

function expressionReader(
  metrics: Resource['Properties'][],
  measurements: Measurements,
  fills: boolean,
): Query['read'] {
  const queries = new Map<string, Query>();
  const names = new Map<string, string>();
  for (const { Id, Expression, MetricStat } of metrics) {
    if (MetricStat) {
      names.set(Id, nameOf(MetricStat.Metric));
      queries.set(Id, { read: reader(MetricStat.Metric, MetricStat, measurements) });
      continue;
    }
    const expression = parse(Expression);
    queries.set(Id, {
      read: (end) =>
        expression({
          read: (id) => queries.get(id)?.read(end),
          fills: (id) => fills && measurements.has(names.get(id) ?? ''),
        }),
    });
  }
  const { Id } = metrics.find(({ ReturnData = true }) => ReturnData);
  return (end) => queries.get(Id)?.read(end);
}
