/** This many different actions that fail in a row are an outage of the API. */
const OUTAGE = 3;
/** The same while pauses follow one another: the API was down a moment ago. */
const OUTAGE_AGAIN = 2;
/** An action that has failed this often may itself be the cause, so the API is asked. */
const SUSPICIOUS_TRIES = 3;

/** What a failed call was for, to distinguish an outage from one request that always fails. */
export interface Subject {
  id: string;
  /** How often it has failed before, as far as that is stored. */
  tries: number;
}

/** What has failed in this sandbox, and how often, since the API last answered and since the last pause. */
export class FailureTally {
  readonly #failing = new Map<string, number>();

  /** @param streak Pauses in a row so far. */
  add({ id, tries }: Subject, streak: number): { isOutage: boolean; isSuspicious: boolean } {
    const before = this.#failing.get(id) ?? 0;
    this.#failing.set(id, before + 1);
    return {
      isOutage: this.#failing.size >= (streak > 0 ? OUTAGE_AGAIN : OUTAGE),
      isSuspicious: Math.max(tries, before) + 1 >= SUSPICIOUS_TRIES,
    };
  }

  clear(): void {
    this.#failing.clear();
  }
}
