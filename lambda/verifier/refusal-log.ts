import type { Facts } from '../adapters/log.ts';
import { MINUTE } from '../core/model/index.ts';

/** Why a delivery gets no 2xx. */
export type Refusal = 'unsigned' | 'stale' | 'mismatch' | 'too_large' | 'source' | 'origin';

/** One line of each kind in this time, in each sandbox. */
const INTERVAL = MINUTE;

type Log = (level: 'warn', message: string, facts: Facts) => void;

/** Logs refused deliveries. Anyone can send them, so a flood must not become a flood of log lines. */
export class RefusalLog {
  readonly #kinds = new Map<Refusal, { last: number; since: number }>();

  /** @param now Epoch milliseconds. */
  note(log: Log, reason: Refusal, now: number, facts: { bytes?: number } = {}): void {
    const { last, since } = this.#kinds.get(reason) ?? { last: Number.NEGATIVE_INFINITY, since: 0 };
    if (now - last < INTERVAL) {
      this.#kinds.set(reason, { last, since: since + 1 });
      return;
    }
    this.#kinds.set(reason, { last: now, since: 0 });
    log('warn', 'delivery refused', { reason, ...facts, ...(since > 0 && { more_since_last_line: since }) });
  }
}
