import { matchesRun, type RunFilter } from '../events/filter.ts';
import type { DeadLetter } from './dead-letter.ts';

/** Which dead letters are meant; what is absent matches all. */
export interface DeadLetterFilter extends RunFilter {
  /** An event id or a message id. */
  id?: string | undefined;
  /** Sent at or after, epoch milliseconds. */
  since?: number | undefined;
}

export const matchesDeadLetter = (message: DeadLetter, filter: DeadLetterFilter): boolean =>
  (filter.id === undefined || message.event_id === filter.id || message.message_id === filter.id) &&
  (filter.since === undefined || Date.parse(message.sent_at) >= filter.since) &&
  matchesRun(message, filter);
