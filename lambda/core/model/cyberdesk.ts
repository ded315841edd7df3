import { isSuccess } from '../../cyberdesk/answer-class.ts';
import type { LastFailure } from './action.ts';

/** What the core needs of Cyberdesk's API. Times are epoch milliseconds. */

/** A call that brought no usable answer, with its in-call retries behind it. */
export interface CallFailure {
  kind: 'failed';
  /**
   * HTTP status; absent when no response was received (network, timeout, abort) or the key is not set. That of a success
   * came with content that could not be used.
   */
  status?: number;
  /** 409 with `Idempotency-Status: in_progress`. */
  inProgress?: boolean;
  /** The content type of the answer is JSON; otherwise it is not the API's own. */
  isJson?: boolean;
  /** The field of the request that a 422 names. */
  field?: string;
  /** From `Retry-After`, in milliseconds. */
  retryAfterMs?: number;
  /** Some attempt of this call may have taken effect although no response says so. */
  mayHaveTakenEffect: boolean;
  /** The call was not made, because something that it needs could not be read. */
  notAsked?: boolean;
  /** The API answered, but its list of runs cannot be shown to be complete. */
  incomplete?: boolean;
  /** The API answered, but a run in its list may be the one that is looked for, and what is shown of it does not say. */
  unclear?: boolean;
  /** The API key secret holds no value yet. */
  keyNotSet?: boolean;
}

/** What is kept of a failure, for people. */
export function failureSeen(failure: CallFailure): Omit<LastFailure, 'at'> {
  const { status, incomplete, unclear, notAsked, keyNotSet } = failure;
  if (status !== undefined) return { kind: isSuccess(status) ? 'unreadable' : 'answered', status };
  if (incomplete) return { kind: 'incomplete_list' };
  if (unclear) return { kind: 'unclear_run' };
  if (notAsked) return { kind: 'not_asked' };
  return { kind: keyNotSet ? 'key_not_set' : 'no_response' };
}

export type CallOutcome<T> = { kind: 'answered'; value: T } | CallFailure;

export interface RunSnapshot {
  id: string;
  /** Absent where the API does not show it. */
  workflow_id: string | undefined;
  /** Absent where the API does not show it, and any text where it knows more of them than we do. */
  status: string | undefined;
  created_at: string;
  ended_at?: string | null | undefined;
  session_id?: string | null | undefined;
  input_values?: unknown;
}

/** A complete list of runs. */
export interface RunList {
  runs: RunSnapshot[];
  /** How far the API's clock is ahead of ours in milliseconds, by the `Date` of its answer, if it sent one. */
  clockOffset?: number;
}

export interface Started {
  runIds: string[];
  sessionId?: string;
}

export interface RunQuery {
  workflowId?: string;
  sessionId?: string;
  /** Epoch milliseconds, inclusive. */
  createdFrom?: number;
  createdTo?: number;
}

/** A hard stop for one call: it is aborted at `until`, whatever its own timeout says. */
export interface CallLimit {
  until: number;
}

/** An attachment; `content` is absent above the limit that was asked for. */
export interface Attachment {
  filename: string;
  bytes: number;
  content?: Uint8Array;
}

export interface Cyberdesk {
  createRun(body: string, idempotencyKey: string, limit: CallLimit): Promise<CallOutcome<Started>>;
  createChain(body: string, idempotencyKey: string, limit: CallLimit): Promise<CallOutcome<Started>>;
  retryRun(
    runId: string,
    body: string,
    idempotencyKey: string,
    limit: CallLimit,
  ): Promise<CallOutcome<Started>>;
  getRun(runId: string, limit: CallLimit): Promise<CallOutcome<RunSnapshot>>;
  /** Every run that matches, all pages; a list that cannot be shown to be complete is a failure. */
  findRuns(query: RunQuery, limit: CallLimit): Promise<CallOutcome<RunList>>;
  /** A harmless read that shows whether the API responds and accepts the key. */
  ping(limit: CallLimit): Promise<CallOutcome<undefined>>;
  getAttachment(id: string, maxBytes: number, limit: CallLimit): Promise<CallOutcome<Attachment>>;
}
