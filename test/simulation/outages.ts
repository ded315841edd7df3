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
  /** Requests that met an outage. */
  disturbed = 0;
  readonly #rng: Rng;
  readonly #now: () => number;
  readonly #outages: Outage[] = [];

  constructor(rng: Rng, now: () => number) {
    this.#rng = rng;
    this.#now = now;
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
      this.disturbed += 1;
      if (outage.how === 'mixed') return this.#rng.chance(0.5) ? 'before' : 'after';
      return outage.how;
    }
    return undefined;
  }
}
