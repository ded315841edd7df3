/** What a request meets: an answer of the API or of something in front of it. A text is a page of HTML. */
export interface Reply {
  status: number;
  body?: { json: unknown } | { text: string } | { bytes: Uint8Array };
  headers?: Record<string, string>;
}

export const errorPage = (status: number): Reply => ({ status, body: { text: '<html>sorry</html>' } });
/** A run that was not asked for, as a cache may show it. */
export const otherRun: Reply = {
  status: 200,
  body: {
    json: { id: 'run-of-a-cache', workflow_id: 'next', status: 'success', ended_at: '1970-01-01T00:00:00Z' },
  },
};
export const refusal = (status: number, headers: Record<string, string> = {}): Reply => ({
  status,
  body: { json: { detail: 'no' } },
  headers,
});

/** What a `Retry-After` header says, by the API's clock in epoch milliseconds. */
export type RetryAfter = (now: number) => string | undefined;

/** What answers in the API's place: a maintenance page, a rate limit, a check of the key. */
export class Front {
  apiKey = 'key-1';
  /** Until then every request meets something in front of the API. */
  maintenance: { until: number; reply: Reply } = { until: 0, reply: errorPage(503) };
  /** Until then something in between, or a release of the API, answers a question about one run in this way. */
  reads: { until: number; reply: Reply } = { until: 0, reply: refusal(400) };
  /** Until then calls that start a run, or some of them by their keys, have no effect, while reads are answered. */
  refusedWrites: { until: number; status: number; meets?: (key: string) => boolean } = {
    until: 0,
    status: 503,
  };
  throttledUntil = 0;
  retryAfter: RetryAfter = () => undefined;
  /** Requests that the present throttling has refused, and since when it lasts. */
  throttled = { requests: 0, since: 0 };
  /** When the API itself last refused a key, in epoch milliseconds. */
  deniedAt = Number.NEGATIVE_INFINITY;
  onThrottled: () => void = () => {};
  readonly #now: () => number;
  readonly #skew: number;

  constructor({ now, skew }: { now(): number; skew: number }) {
    this.#now = now;
    this.#skew = skew;
  }

  /** The answer to a question about one run, while something other than the API answers it. */
  strangeRead(): Reply | undefined {
    return this.#now() < this.reads.until ? this.reads.reply : undefined;
  }

  /** The answer to a call that starts a run, while these are refused. */
  refusedWrite(key: string): Reply | undefined {
    const { until, status, meets = () => true } = this.refusedWrites;
    return this.#now() < until && meets(key) ? refusal(status) : undefined;
  }

  /** The answer to a request that does not come through. */
  refusal(authorization: string | undefined): Reply | undefined {
    const now = this.#now();
    if (now < this.maintenance.until) return this.#noted(this.maintenance.reply);
    if (now < this.throttledUntil) {
      this.throttled.requests += 1;
      this.onThrottled();
      const header = this.retryAfter(now + this.#skew);
      return refusal(429, header === undefined ? {} : { 'retry-after': header });
    }
    return authorization === `Bearer ${this.apiKey}` ? undefined : this.#noted(refusal(401));
  }

  /** Only JSON is an answer of the API. */
  #noted(reply: Reply): Reply {
    const isDenied = reply.status === 401 || reply.status === 403;
    if (isDenied && reply.body && 'json' in reply.body) this.deniedAt = this.#now();
    return reply;
  }
}
