import type { EventItem, EventState } from '../../lambda/core/model/index.ts';

/** How an event came: by Svix, by a reconcile, or as a test of ours. */
export type Origin = 'webhook' | 'reconciled' | 'test' | 'probe';

export const RECONCILED_PREFIX = 'reconciled:';
export const TEST_PREFIX = 'test:';
/** Of the messages in which we send; the id of an event whose body names none. */
export const TEST_MESSAGE_PREFIX = 'msg_test_';
/** Of a probe's event and of its run alike. */
export const PROBE_PREFIX = 'probe:';
/** Stands as owner where a probe's completion is claimed; it is no event. */
export const PROBE_OWNER = 'doctor';

/** What a list shows of an event. Field names are part of `--json` and stay as they are. */
export interface EventSummary {
  event_id: string;
  state: EventState;
  reason?: string;
  type: string;
  run_id?: string;
  workflow_id?: string;
  status?: string;
  received_at: string;
  finished_at?: string;
  /** The event that owns the completion which this one is a copy of. */
  duplicate_of?: string;
  /** Neither of the two names its run's end, so two endings may have been taken for one. */
  merged_without_end?: true;
  /** Times that it has failed, as the failure's number. */
  failure: number;
  round: number;
  /** What began its present round: a redrive (by this command or by the AWS console), or a replan. */
  reopened?: 'redriven' | 'replanned' | 'failed_again';
  origin: Origin;
}

export function summarize(event: EventItem): EventSummary {
  const reopened = reopenedBy(event);
  return {
    event_id: event.event_id,
    state: event.state,
    ...(event.reason !== undefined && { reason: event.reason }),
    type: event.type,
    ...(event.run_id !== undefined && { run_id: event.run_id }),
    ...(event.workflow_id !== undefined && { workflow_id: event.workflow_id }),
    ...(event.status !== undefined && { status: event.status }),
    received_at: event.received_at,
    ...(event.finished_at !== undefined && { finished_at: event.finished_at }),
    ...(event.duplicate_of !== undefined && !isProbe(event) && { duplicate_of: event.duplicate_of }),
    ...(event.merged_without_end && { merged_without_end: true }),
    failure: event.failure,
    round: event.round,
    ...(reopened && { reopened }),
    origin: originOf(event),
  };
}

/**
 * A redrive makes the round the failure's number, whoever has moved the message; a replan raises the round
 * beyond it. After a further failure the two look alike.
 */
export function reopenedBy({
  round,
  failure,
  state,
}: Pick<EventItem, 'round' | 'failure' | 'state'>): EventSummary['reopened'] {
  if (round === 0) return undefined;
  if (state === 'failed') return 'failed_again';
  return round === failure ? 'redriven' : 'replanned';
}

/** Has it ended as a probe of the doctor, or as a copy of one? Then no event acts for it. */
export const isProbe = ({ duplicate_of, run_id }: Pick<EventItem, 'duplicate_of' | 'run_id'>): boolean =>
  duplicate_of === PROBE_OWNER && run_id !== undefined && run_id.startsWith(PROBE_PREFIX);

function originOf({ event_id }: EventItem): Origin {
  if (event_id.startsWith(RECONCILED_PREFIX)) return 'reconciled';
  if ([TEST_PREFIX, TEST_MESSAGE_PREFIX].some((prefix) => event_id.startsWith(prefix))) return 'test';
  return event_id.startsWith(PROBE_PREFIX) ? 'probe' : 'webhook';
}
