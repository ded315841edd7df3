import type {
  ActionRecord,
  Decision,
  EventItem,
  Idleness,
  LastFailure,
  SecretFault,
  Thrown,
} from '../../lambda/core/model/index.ts';
import { type ListedEvent, SHOWN, type Shown } from './store.ts';

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
export interface EventSummary extends Pick<EventItem, Shown> {
  /** What began its present round: a redrive (by this command or by the AWS console), or a replan. */
  reopened?: 'redriven' | 'replanned' | 'failed_again';
  origin: Origin;
}

export function summarize(event: ListedEvent): EventSummary {
  const reopened = reopenedBy(event);
  const { duplicate_of: _probe, ...apart } = event;
  // No event acts for what a probe has claimed.
  const shown: Pick<EventItem, Shown> = isProbe(event) ? apart : event;
  return {
    ...pick(SHOWN, shown),
    ...(reopened && { reopened }),
    origin: originOf(event),
  };
}

/** The attributes that have a value, in the order of `names`. */
function pick<T extends object>(names: { [K in keyof Required<T>]: true }, from: T): T {
  const picked: Partial<T> = {};
  for (const name in names) if (from[name] !== undefined) picked[name] = from[name];
  return picked as T;
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
    | 'unidentified'
    | 'overdue'
    | 'planned'
    | 'idle'
    | 'action'
    | 'decided'
    | 'audited'
    | 'undecided'
    | 'working'
    | 'waiting'
    | 'crashed'
    | 'dead_lettered'
    | 'finished';
  tone: 'plain' | 'good' | 'bad' | 'pending';
  text: string;
}

/** `at` in ISO 8601. */
export type ShownFailure = Omit<LastFailure, 'at'> & { at: string };

/** An action and its outcome, without its body. */
export interface ActionView {
  rule: string;
  position: number;
  kind: ActionRecord['kind'];
  /** Of a delivery. */
  destination?: string;
  state: 'planned' | 'begun' | 'waiting' | 'done' | 'skipped' | 'failed';
  round: number;
  key: string;
  tries: number;
  run_ids: string[];
  adopted: boolean;
  reason?: string;
  /** The secret that could not be used, without its value. */
  secret?: SecretFault;
  /** What failed it, or came after an attempt without a response, whose outcome is not known. */
  http_status?: number;
  /** The field of the request that a 422 names. */
  field?: string;
  /** The last try that failed and may succeed later, and when (ISO 8601). */
  last_failure?: ShownFailure;
  begun_at?: string;
  done_at?: string;
  not_before?: string;
  /** What a person decided about it last, when (ISO 8601), and about which failure. */
  decision?: { kind: Decision['kind']; by: string; at: string; reason?: string };
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
  /** Failed tries to learn from the API which ending of its run it reports. */
  identification?: { tries: number; last_failure: ShownFailure; not_before?: string };
  body_bytes: number;
  body_sha256: string;
  depth: number;
  retries: number;
  crashes: number;
  /** Rules that asked for nothing, by name, and why; the first 16. */
  idle_rules?: Readonly<Record<string, Idleness>>;
  /** What a rule threw, if the event failed for that reason. */
  thrown?: Thrown;
  actions: ActionView[];
  /** What this run is a follow-up of, if an action started it: a run, or an event that is not about a run. */
  started_by?: { run_id?: string; event_id?: string };
  timeline: TimelineEntry[];
}
