import { MINUTE } from '../../../lambda/core/model/time.ts';

export type Statistic = 'Sum' | 'Maximum';

/** What was measured, in buckets of a minute as CloudWatch keeps it. */
export class Measurements {
  readonly #buckets = new Map<string, Map<number, { sum: number; max: number }>>();

  add(name: string, value: number, at: number): void {
    const minutes = this.#buckets.get(name) ?? new Map<number, { sum: number; max: number }>();
    this.#buckets.set(name, minutes);
    const minute = Math.floor(at / MINUTE);
    const { sum, max } = minutes.get(minute) ?? { sum: 0, max: Number.NEGATIVE_INFINITY };
    minutes.set(minute, { sum: sum + value, max: Math.max(max, value) });
  }

  /** A statistic over the `period` milliseconds before a full minute; undefined without data. */
  statistic(name: string, statistic: Statistic, end: number, period: number): number | undefined {
    const minutes = this.#buckets.get(name);
    const [first, last] = [(end - period) / MINUTE, end / MINUTE];
    let result: number | undefined;
    for (let minute = first; minutes && minute < last; minute += 1) {
      const found = minutes.get(minute);
      if (!found) continue;
      if (result === undefined) result = statistic === 'Sum' ? found.sum : found.max;
      else result = statistic === 'Sum' ? result + found.sum : Math.max(result, found.max);
    }
    return result;
  }

  /** Whether anything was ever measured under this name. */
  has(name: string): boolean {
    return this.#buckets.has(name);
  }
}
