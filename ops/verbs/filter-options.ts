import { type Command, InvalidArgumentError, Option } from 'commander';
import { checkSpan, parseSince } from '../cli/time.ts';
import { EVENT_STATES, type EventFilter } from '../events/filter.ts';

export interface FilterOptions {
  state?: string;
  reason?: string;
  workflow?: string;
  status?: string;
  run?: string;
  since?: string;
  until?: string;
}

/** Options that choose events. */
export const filters = (command: Command): Command =>
  command
    .addOption(new Option('--state <state>', 'state of the event').choices([...EVENT_STATES]))
    .option('--reason <code>', 'reason code, as in "refused"')
    .option('--workflow <id>', 'workflow of the run')
    .option('--status <status>', 'status of the run: success, error, task_failed, cancelled')
    .option('--run <id>', 'run id')
    .option('--since <time>', 'received since: 2h (ago), 2026-11-25 or 2026-11-25T10:00:00Z')
    .option('--until <time>', 'received before');

/** @throws BadArgumentError */
export function readFilter(options: FilterOptions, now: number): EventFilter {
  const { since, until, state, reason, workflow, status, run } = options;
  checkSpan(options, now);
  return {
    state,
    reason,
    workflow,
    status,
    run,
    since: since === undefined ? undefined : parseSince(since, '--since', now),
    until: until === undefined ? undefined : parseSince(until, '--until', now),
  };
}

export const isEmpty = (filter: object): boolean =>
  Object.values(filter).every((value) => value === undefined);

/** For options that are whole numbers above zero. */
export function positive(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Give a whole number above 0.');
  return Number(text);
}

/** For ids that Cyberdesk is asked about: it refuses any other. */
export function uuid(text: string): string {
  const id = text.trim();
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) return id;
  throw new InvalidArgumentError('Give a UUID, as 1f6d2c3a-0000-4000-8000-000000000001.');
}

/** For rates: above zero, fractions allowed. */
export function rate(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1000)) throw new InvalidArgumentError('Give a number above 0, at most 1000.');
  return value;
}
