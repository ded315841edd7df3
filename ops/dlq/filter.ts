import type { Command } from 'commander';
import { parseOptionalSince } from '../cli/time.ts';
import { matchesRun, type RunFilter, readRunFilter, withRunFilter } from '../events/filter.ts';
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

export type DlqOptions = RunFilter & { since?: string };

export const withDeadLetterFilter = (command: Command): Command =>
  withRunFilter(command).option(
    '--since <time>',
    'dead-lettered since: 2h (ago), 2026-11-25 or 2026-11-25T10:00:00Z',
  );

/** @throws BadArgumentError */
export const readFilter = (options: DlqOptions, now: number): DeadLetterFilter => ({
  ...readRunFilter(options),
  since: parseOptionalSince(options.since, '--since', now),
});
