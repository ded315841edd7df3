import { type Command, Option } from 'commander';
import { TERMINAL_STATUSES } from '../../lambda/cyberdesk/run-status.ts';
import { parseSpan, type SpanOptions } from '../cli/time.ts';
import { isUuid } from '../cli/values.ts';
import type { IndexAttribute } from './store.ts';
import type { EventSummary } from './summary.ts';

/** Which runs, or events about something else, are meant; what is absent matches all. */
export interface RunFilter {
  reason?: string | undefined;
  type?: string | undefined;
  workflow?: string | undefined;
  status?: string | undefined;
  run?: string | undefined;
}

/** Which events are meant; what is absent matches all. */
export interface EventFilter extends RunFilter {
  state?: string | undefined;
  /** Received at or after, epoch milliseconds. */
  since?: number | undefined;
  /** Received before, epoch milliseconds. */
  until?: number | undefined;
}

export const EVENT_STATES = ['received', 'processed', 'failed', 'ignored', 'unprocessable'] as const;

/** The part of a filter that the indexes can answer, as attribute → value. */
export const indexedPart = ({
  type,
  workflow,
  status,
  run,
}: EventFilter): Partial<Record<IndexAttribute, string>> => ({
  ...(type !== undefined && { type }),
  ...(workflow !== undefined && { workflow_id: workflow }),
  ...(status !== undefined && { status }),
  ...(run !== undefined && { run_id: run }),
});

type OfRun = { [K in 'reason' | 'type' | 'workflow_id' | 'status' | 'run_id']?: string };

export const matchesRun = (one: OfRun, { reason, type, workflow, status, run }: RunFilter): boolean =>
  (reason === undefined || one.reason === reason) &&
  (type === undefined || one.type === type) &&
  (workflow === undefined || one.workflow_id === workflow) &&
  (status === undefined || one.status === status) &&
  (run === undefined || one.run_id === run);

export function matchesFilter(event: EventSummary, filter: EventFilter): boolean {
  const { state, since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = filter;
  const at = Date.parse(event.received_at);
  return (
    (state === undefined || event.state === state) && at >= since && at < until && matchesRun(event, filter)
  );
}

export type FilterOptions = Omit<EventFilter, 'since' | 'until'> & SpanOptions;

/** Options that select by run, for events and for dead letters. */
export const withRunFilter = (command: Command): Command =>
  command
    .option('--reason <code>', 'reason code, e.g. "refused"')
    .option('--type <type>', 'type of the event: run_complete, downed_machines or another')
    .option('--workflow <id>', 'workflow of the run')
    .option('--status <status>', `status of the run: ${TERMINAL_STATUSES.join(', ')}`)
    .option('--run <id>', 'run id');

export const withEventFilter = (command: Command): Command =>
  withRunFilter(
    command.addOption(new Option('--state <state>', 'state of the event').choices([...EVENT_STATES])),
  )
    .option('--since <time>', 'received since: 2h (ago), 2026-11-25 or 2026-11-25T10:00:00Z')
    .option('--until <time>', 'received before');

export const readRunFilter = ({ reason, type, workflow, status, run }: RunFilter): RunFilter => ({
  reason,
  type,
  workflow: asStored(workflow),
  status,
  run: asStored(run),
});

/** Cyberdesk's ids come in small letters, and are stored as they come; others may be of any form. */
const asStored = (id: string | undefined): string | undefined =>
  id !== undefined && isUuid(id) ? id.toLowerCase() : id;

/** @throws BadArgumentError */
export const readFilter = (options: FilterOptions, now: number): EventFilter => ({
  ...readRunFilter(options),
  state: options.state,
  ...parseSpan(options, now),
});
