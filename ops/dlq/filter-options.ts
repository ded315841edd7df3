import type { Command } from 'commander';
import { parseOptionalSince } from '../cli/time.ts';
import type { RunFilter } from '../events/filter.ts';
import { readRunFilter, withRunFilter } from '../events/filter-options.ts';
import type { DeadLetterFilter } from './filter.ts';

export type DlqOptions = RunFilter & { since?: string };

/** Options that choose dead letters. */
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
