import type { ActionRecord } from '../../lambda/core/model/index.ts';
import type { EventSummary } from './summary.ts';

/** One step in the life of an event. */
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
  state: 'planned' | 'begun' | 'waiting' | 'done' | 'failed';
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
