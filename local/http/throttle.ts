/** A token bucket, as API Gateway throttles a stage's routes. */
export class Throttle {
  private readonly rate: number;
  private readonly burst: number;
  private tokens: number;
  private last: number;

  /**
   * @param rate tokens a second
   * @param burst most tokens at a time
   * @param now milliseconds on any clock
   */
  constructor(rate: number, burst: number, now: number) {
    this.rate = rate;
    this.burst = burst;
    this.tokens = burst;
    this.last = now;
  }

  /** Whether one more request may pass at this time. */
  take(now: number): boolean {
    this.tokens = Math.min(this.burst, this.tokens + ((now - this.last) / 1000) * this.rate);
    this.last = now;
    if (this.tokens < 1) return false;
    this.tokens -= 1;
    return true;
  }
}
