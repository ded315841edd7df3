import type { ActionRecord, Decision, EventItem, EventState } from '../../lambda/core/model/index.ts';
import type { ListedEvent } from './store.ts';

/** Where an event comes from: Svix, a reconcile, or a test of this command. */
export type Origin = 'webhook' | 'reconciled' | 'test' | 'probe';

export const RECONCILED_PREFIX = 'reconciled:';
export const TEST_PREFIX = 'test:';
/** Of the message ids that this command sends; they become the event id if the body has none. */
export const TEST_MESSAGE_PREFIX = 'msg_test_';
/** Of the event and of the run of a probe. */
export const PROBE_PREFIX = 'probe:';
/** Owner of the completion that a probe has claimed; it is not an event. */
export const PROBE_OWNER = 'doctor';

/** What a list shows of an event. Field names are part of `--json` and do not change. */
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
  /** The event that owns the same completion. */
  duplicate_of?: string;
  /** Neither event names its run's end, so two endings may have been taken for one. */
  merged_without_end?: true;
  /** How often it has failed, which is the number of its last failure. */
  failure: number;
  round: number;
  /** What began its present round: a redrive (by this command or by the AWS console), or a replan. */
  reopened?: 'redriven' | 'replanned' | 'failed_again';
  origin: Origin;
}

export function summarize(event: ListedEvent): EventSummary {
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

/** A redrive makes the round equal the failure's number; a replan exceeds it. After another failure both look alike. */
export function reopenedBy({
  round,
  failure,
  state,
}: Pick<EventItem, 'round' | 'failure' | 'state'>): EventSummary['reopened'] {
  if (round === 0) return undefined;
  if (state === 'failed') return 'failed_again';
  return round === failure ? 'redriven' : 'replanned';
}

/** Did it finish as a probe of `doctor`, or as a copy of one? Then no event acts on its completion. */
export const isProbe = ({ duplicate_of, run_id }: Pick<EventItem, 'duplicate_of' | 'run_id'>): boolean =>
  duplicate_of === PROBE_OWNER && run_id !== undefined && run_id.startsWith(PROBE_PREFIX);

function originOf({ event_id }: Pick<EventItem, 'event_id'>): Origin {
  if (event_id.startsWith(RECONCILED_PREFIX)) return 'reconciled';
  if ([TEST_PREFIX, TEST_MESSAGE_PREFIX].some((prefix) => event_id.startsWith(prefix))) return 'test';
  return event_id.startsWith(PROBE_PREFIX) ? 'probe' : 'webhook';
}

export interface TimelineEntry {
  /** ISO 8601; absent if the step leaves no time behind. */
  at?: string;
  step:
    | 'started_by'
    | 'received'
    | 'queued'
    | 'resent'
    | 'duplicate'
    | 'reopened'
    | 'unbegun'
    | 'overdue'
    | 'planned'
    | 'action'
    | 'decided'
    | 'undecided'
    | 'working'
    | 'waiting'
    | 'crashed'
    | 'dead_lettered'
    | 'finished';
  tone: 'plain' | 'good' | 'bad' | 'pending';
  text: string;
}

/** An action and its outcome, without its body. */
export interface ActionView {
  rule: string;
  position: number;
  kind: ActionRecord['kind'];
  state: 'planned' | 'begun' | 'waiting' | 'done' | 'skipped' | 'failed';
  round: number;
  key: string;
  tries: number;
  run_ids: string[];
  adopted: boolean;
  reason?: string;
  http_status?: number;
  begun_at?: string;
  done_at?: string;
  not_before?: string;
  /** What a person decided about it last, and when (ISO 8601). */
  decision?: { kind: Decision['kind']; by: string; at: string };
  /** Events of the runs that it started. */
  followed_by: { run_id: string; event_id: string }[];
}

/** All that is known of an event, except its body. Field names are part of `--json`. */
export interface EventDetail extends EventSummary {
  /** A worker has begun it and it is not finished. Its `state` stays `received` meanwhile, as in lists. */
  progress?: 'processing';
  svix_id: string;
  ended_at?: string;
  resent_at?: string;
  body_bytes: number;
  body_sha256: string;
  depth: number;
  retries: number;
  crashes: number;
  actions: ActionView[];
  /** The run whose follow-up this one is, if an action started it. */
  started_by?: { run_id: string; event_id?: string };
  timeline: TimelineEntry[];
}
