import type { EventSummary } from './summary.ts';

/** Which runs are meant; what is absent matches all. */
export interface RunFilter {
  reason?: string | undefined;
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
export const indexedPart = ({ workflow, status, run }: EventFilter): Record<string, string> => ({
  ...(workflow !== undefined && { workflow_id: workflow }),
  ...(status !== undefined && { status }),
  ...(run !== undefined && { run_id: run }),
});

interface OfRun {
  reason?: string;
  workflow_id?: string;
  status?: string;
  run_id?: string;
}

export const matchesRun = (one: OfRun, { reason, workflow, status, run }: RunFilter): boolean =>
  (reason === undefined || one.reason === reason) &&
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
