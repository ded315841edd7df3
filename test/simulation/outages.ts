import type { Rng } from './rng.ts';
import type { Failing } from './sandbox.ts';
import type { Service } from './service.ts';

export interface Outage {
  service: Service;
  from: number;
  to: number;
  how: Failing | 'mixed';
  /** Share of the requests that it fails. */
  share: number;
}

/** When services are out of order, wholly or in part. */
export class Outages {
  /** How many requests to each service have met an outage. */
  readonly #disturbed = new Map<Service, number>();
  readonly #rng: Rng;
  readonly #now: () => number;
  readonly #outages: Outage[] = [];

  constructor(rng: Rng, now: () => number) {
    this.#rng = rng;
    this.#now = now;
  }

  /** Requests to one service, or to any, that have met an outage. */
  disturbed(service?: Service): number {
    if (service) return this.#disturbed.get(service) ?? 0;
    return [...this.#disturbed.values()].reduce((sum, count) => sum + count, 0);
  }

  add(outage: Outage): void {
    this.#outages.push(outage);
  }

  end(): void {
    this.#outages.length = 0;
  }

  /** Whether a request fails now, and in which way. */
  failing(service: Service): Failing | undefined {
    const now = this.#now();
    for (const outage of this.#outages) {
      if (outage.service !== service || now < outage.from || now >= outage.to) continue;
      if (outage.share < 1 && !this.#rng.chance(outage.share)) continue;
      this.#disturbed.set(service, this.disturbed(service) + 1);
      if (outage.how === 'mixed') return this.#rng.chance(0.5) ? 'before' : 'after';
      return outage.how;
    }
    return undefined;
  }
}
