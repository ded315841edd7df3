import type { DeadLetter } from './dead-letter.ts';

/** Which dead letters are meant; what is absent matches all. */
export interface DeadLetterFilter {
  /** An event id or a message id. */
  id?: string | undefined;
  reason?: string | undefined;
  workflow?: string | undefined;
  status?: string | undefined;
  run?: string | undefined;
  /** Sent at or after, epoch milliseconds. */
  since?: number | undefined;
}

export const matchesDeadLetter = (letter: DeadLetter, filter: DeadLetterFilter): boolean =>
  (filter.id === undefined || letter.event_id === filter.id || letter.message_id === filter.id) &&
  (filter.reason === undefined || letter.reason === filter.reason) &&
  (filter.workflow === undefined || letter.workflow_id === filter.workflow) &&
  (filter.status === undefined || letter.status === filter.status) &&
  (filter.run === undefined || letter.run_id === filter.run) &&
  (filter.since === undefined || Date.parse(letter.sent_at) >= filter.since);
