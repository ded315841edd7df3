/** A token bucket, as in API Gateway's throttling of a stage's routes. */
export class Throttle {
  readonly #rate: number;
  readonly #burst: number;
  #tokens: number;
  #last: number;

  /** @param rate tokens per second. @param burst size of the bucket. @param now milliseconds on any clock */
  constructor(rate: number, burst: number, now: number) {
    this.#rate = rate;
    this.#burst = burst;
    this.#tokens = burst;
    this.#last = now;
  }

  take(now: number): boolean {
    this.#tokens = Math.min(this.#burst, this.#tokens + ((now - this.#last) / 1000) * this.#rate);
    this.#last = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
