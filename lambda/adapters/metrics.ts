import { METRIC_DIMENSION, METRIC_NAMESPACE } from '../core/model/index.ts';

/** A metric in the embedded metric format has at most so many values in one line. */
export const MOST_VALUES = 100;

interface Metric {
  readonly unit: 'Count' | 'Seconds';
  values: number[];
}

/** Collects metrics until a log line carries them, in the embedded metric format. */
export class Metrics<Name extends string> {
  #collected = new Map<Name, Metric>();

  /** Adds occurrences. */
  count(name: Name, occurrences: number): void {
    const [before = 0] = this.#collected.get(name)?.values ?? [];
    this.#collected.set(name, { unit: 'Count', values: [before + occurrences] });
  }

  /** Adds a duration in seconds. Returns whether a line must carry them now, as the next one would be too many. */
  seconds(name: Name, duration: number): boolean {
    const values = [...(this.#collected.get(name)?.values ?? []), duration];
    this.#collected.set(name, { unit: 'Seconds', values });
    return values.length === MOST_VALUES;
  }

  /**
   * What has been collected, as fields of a line; undefined if nothing has. The stack's name is the only dimension.
   *
   * @param now epoch milliseconds
   */
  take(stack: string, now: number): Readonly<Record<string, unknown>> | undefined {
    const metrics = [...this.#collected];
    if (metrics.length === 0) return undefined;
    this.#collected = new Map();
    const Metrics = metrics.map(([Name, { unit: Unit }]) => ({ Name, Unit }));
    const directive = { Namespace: METRIC_NAMESPACE, Dimensions: [[METRIC_DIMENSION]], Metrics };
    return {
      [METRIC_DIMENSION]: stack,
      ...Object.fromEntries(
        metrics.map(([name, { values }]) => [name, values.length > 1 ? values : values[0]]),
      ),
      _aws: { Timestamp: now, CloudWatchMetrics: [directive] },
    };
  }
}
