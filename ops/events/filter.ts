import type { EventSummary } from './summary.ts';

/** Which events are meant; what is absent matches all. */
export interface EventFilter {
  state?: string | undefined;
  reason?: string | undefined;
  workflow?: string | undefined;
  status?: string | undefined;
  run?: string | undefined;
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

export function matchesFilter(event: EventSummary, filter: EventFilter): boolean {
  const at = Date.parse(event.received_at);
  return (
    (filter.state === undefined || event.state === filter.state) &&
    (filter.reason === undefined || event.reason === filter.reason) &&
    (filter.workflow === undefined || event.workflow_id === filter.workflow) &&
    (filter.status === undefined || event.status === filter.status) &&
    (filter.run === undefined || event.run_id === filter.run) &&
    (filter.since === undefined || at >= filter.since) &&
    (filter.until === undefined || at < filter.until)
  );
}
