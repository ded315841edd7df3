import { type Command, Option } from 'commander';
import { parseSpan, type SpanOptions } from '../cli/time.ts';
import { EVENT_STATES, type EventFilter, type RunFilter } from './filter.ts';

export type FilterOptions = Omit<EventFilter, 'since' | 'until'> & SpanOptions;

/** Options that choose by run: of events and of dead letters alike. */
export const withRunFilter = (command: Command): Command =>
  command
    .option('--reason <code>', 'reason code, e.g. "refused"')
    .option('--workflow <id>', 'workflow of the run')
    .option('--status <status>', 'status of the run: success, error, task_failed, cancelled')
    .option('--run <id>', 'run id');

/** Options that choose events. */
export const withEventFilter = (command: Command): Command =>
  withRunFilter(
    command.addOption(new Option('--state <state>', 'state of the event').choices([...EVENT_STATES])),
  )
    .option('--since <time>', 'received since: 2h (ago), 2026-11-25 or 2026-11-25T10:00:00Z')
    .option('--until <time>', 'received before');

export const readRunFilter = ({ reason, workflow, status, run }: RunFilter): RunFilter => ({
  reason,
  workflow,
  status,
  run,
});

/** @throws BadArgumentError */
export const readFilter = (options: FilterOptions, now: number): EventFilter => ({
  ...readRunFilter(options),
  state: options.state,
  ...parseSpan(options, now),
});
