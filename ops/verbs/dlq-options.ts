import type { Command } from 'commander';
import { parseSince } from '../cli/time.ts';
import type { DeadLetterFilter } from '../dlq/filter.ts';

export interface DlqOptions {
  reason?: string;
  workflow?: string;
  status?: string;
  run?: string;
  since?: string;
}

/** Options that choose dead letters. */
export const filters = (command: Command): Command =>
  command
    .option('--reason <code>', 'reason code, as in "refused"')
    .option('--workflow <id>', 'workflow of the run')
    .option('--status <status>', 'status of the run')
    .option('--run <id>', 'run id')
    .option('--since <time>', 'sent there since: 2h (ago), 2026-11-25 or 2026-11-25T10:00:00Z');

/** @throws BadArgumentError */
export const readFilter = (
  { reason, workflow, status, run, since }: DlqOptions,
  now: number,
): DeadLetterFilter => ({
  reason,
  workflow,
  status,
  run,
  since: since === undefined ? undefined : parseSince(since, '--since', now),
});

/** What others hold now, so that nobody takes the rest for all there is. */
export const hiddenLine = (hidden: number): string =>
  hidden > 0
    ? `${hidden} are hidden: another list or redrive is at work, or was cut off; look again in 10 minutes\n`
    : '';
