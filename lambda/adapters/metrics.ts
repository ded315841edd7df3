import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { METRIC_DIMENSION, METRIC_NAMESPACE } from '../core/model/index.ts';
import { commonFields } from '../environment/common.ts';

/** Metrics in the embedded metric format, with the stack's name as their one dimension. */
export class Count<Name extends string> {
  readonly #metrics: Metrics;

  constructor() {
    this.#metrics = new Metrics({ namespace: METRIC_NAMESPACE });
    // Powertools adds the service as a second dimension, and an alarm that names only the stack would match nothing.
    this.#metrics.clearDefaultDimensions();
    this.#metrics.setDefaultDimensions({ [METRIC_DIMENSION]: commonFields.stackName.read(process.env) });
  }

  one(name: Name): void {
    this.#metrics.addMetric(name, MetricUnit.Count, 1);
  }

  seconds(name: Name, value: number): void {
    this.#metrics.addMetric(name, MetricUnit.Seconds, value);
  }

  /** Writes what has been counted; at the end of each invocation. */
  flush(): void {
    // Empty, it would write a warning instead.
    if (this.#metrics.hasStoredMetrics()) this.#metrics.publishStoredMetrics();
  }
}
