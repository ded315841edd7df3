import type { CallKind, Subject } from './failure-tally.ts';

/** The answer to a call that asks for admission; `probe` is the token of the one call after a pause, `until` in epoch milliseconds. */
export type Admission = { kind: 'open'; probe?: string } | { kind: 'closed'; until: number };

/** How an admitted call went. */
export type CallReport =
  /** `rule` of the start that was answered. */
  | { kind: 'answered'; by: CallKind; rule?: string }
  | { kind: 'throttled'; by: CallKind; retryAfterMs?: number | undefined }
  | { kind: 'key_not_set' }
  /** 401 or 403, of the API or of something in front of it: a read shows whether the key is refused. */
  | { kind: 'denied'; subject: Subject; status: number }
  /** `status` of its answer, if there was one. */
  | { kind: 'failed'; subject: Subject; status?: number | undefined };

/** What a report led to. */
export interface Effect {
  /** The report began or prolonged a pause. */
  paused: boolean;
  /** The API refuses the key, and not only this request. */
  keyRefused: boolean;
}
