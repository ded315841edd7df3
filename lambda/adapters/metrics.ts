import { MetricUnit, Metrics as PowertoolsMetrics } from '@aws-lambda-powertools/metrics';
import { METRIC_DIMENSION, METRIC_NAMESPACE } from '../core/model/index.ts';
import { commonFields } from '../environment/common.ts';

/** Metrics in the embedded metric format, with the stack's name as their only dimension. */
export class Metrics<Name extends string> {
  readonly #metrics: PowertoolsMetrics;

  constructor() {
    this.#metrics = new PowertoolsMetrics({ namespace: METRIC_NAMESPACE });
    // Powertools adds the service as a second dimension; an alarm on the stack's name alone would then match nothing.
    this.#metrics.clearDefaultDimensions();
    this.#metrics.setDefaultDimensions({ [METRIC_DIMENSION]: commonFields.stackName.read(process.env) });
  }

  /** Adds occurrences: one unless it says how many. */
  count(name: Name, occurrences = 1): void {
    this.#metrics.addMetric(name, MetricUnit.Count, occurrences);
  }

  /** Adds a duration in seconds. */
  seconds(name: Name, value: number): void {
    this.#metrics.addMetric(name, MetricUnit.Seconds, value);
  }

  /** Writes the collected metrics. To be called at the end of each invocation. */
  flush(): void {
    // Powertools writes a warning when nothing has been counted.
    if (this.#metrics.hasStoredMetrics()) this.#metrics.publishStoredMetrics();
  }
}
