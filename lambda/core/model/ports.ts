/**
 * What the core needs from the world. The handlers give it AWS and Cyberdesk; the simulation gives it models
 * that fail, delay and die. Times are epoch milliseconds everywhere in the core.
 */

/** A table item: a primary key, a version of its shape, and the tag of the write that made it. */
export interface Item {
  pk: string;
  sk: string;
  /** Version of the item's shape. A reader that does not know it waits instead of guessing (a rollback). */
  v: number;
  /** Unique per write. A put that expects this tag is a compare-and-swap. */
  tag: string;
  /** Epoch seconds after which DynamoDB may remove the item; absent on what is unfinished. */
  ttl?: number;
}

export interface Key {
  pk: string;
  sk: string;
}

/** What a conditional put expects to find: nothing, or the item last written with this tag. */
export type Expected = 'absent' | { tag: string };

/** A failed condition returns what is there; it may be gone by then (TTL, a lost race). */
export type PutOutcome = { ok: true } | { ok: false; found?: Item };

export interface Table {
  /** Strongly consistent. */
  get(key: Key): Promise<Item | undefined>;
  put(item: Item, expected: Expected): Promise<PutOutcome>;
}

/**
 * A message carries ids only. `reopen` is the failure number that a redrive may reopen, or the round that a replan
 * begins.
 */
export interface EventMessage {
  v: 1;
  event: string;
  reopen?: number;
}

export interface Queue {
  send(message: EventMessage): Promise<void>;
}

export interface DeadLetterQueue {
  /** `body` is what a redrive puts back; `reason` is a closed code; never payload. */
  send(body: string, reason: string): Promise<void>;
}

/** The answer of one call to Cyberdesk's API, with its in-call retries behind it. */
export type CallOutcome<T> =
  | { ok: true; value: T }
  | {
      ok: false;
      /** HTTP status; absent when no answer came (network, time-out, abort) or the key is not set. */
      status?: number;
      /** 409 with `Idempotency-Status: in_progress`. */
      inProgress?: boolean;
      /** From `Retry-After`, in milliseconds. */
      retryAfterMs?: number;
      /** True when some attempt of this call may have done its work although no answer says so. */
      mayHaveTakenEffect: boolean;
      /** The call was not made, as something that it needs could not be read. */
      notAsked?: boolean;
      /** The API key secret holds no value yet. */
      keyNotSet?: boolean;
    };

export interface RunSnapshot {
  id: string;
  workflow_id: string;
  status: string;
  created_at: string;
  ended_at?: string | null | undefined;
  session_id?: string | null | undefined;
  input_values?: unknown;
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

/** A stop for one call: it is aborted at `until` (epoch milliseconds), whatever its own time-out says. */
export interface CallLimit {
  until: number;
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
  /** Every run that matches, all pages. */
  findRuns(query: RunQuery, limit: CallLimit): Promise<CallOutcome<RunSnapshot[]>>;
  /** An attachment's name, size in bytes and content; content is absent above `maxBytes`. */
  getAttachment(
    attachmentId: string,
    maxBytes: number,
    limit: CallLimit,
  ): Promise<CallOutcome<{ filename: string; bytes: number; content?: Uint8Array }>>;
}

/** A version of a secret, or why there is none. */
export type SecretLookup =
  | { kind: 'found'; value: string; versionId: string; createdAt: number }
  | { kind: 'missing' }
  | { kind: 'denied' };

export interface Secrets {
  get(
    secretId: string,
    version?: { stage: 'AWSCURRENT' | 'AWSPREVIOUS' } | { id: string },
  ): Promise<SecretLookup>;
}

export interface Announcement {
  /** Same for every repeat of the same announcement, so that a subscriber can drop repeats. */
  dedupeId: string;
  subject: string;
  /** Ids, status and links only. */
  fields: Record<string, string | number>;
  /** SNS message attributes, for subscription filters. */
  attributes: Record<string, string>;
}

export interface Topics {
  notify(announcement: Announcement): Promise<void>;
  publish(announcement: Announcement): Promise<void>;
}

/** Time and system, so that neither hides in the core. */
export interface System {
  now(): number;
  /** Uniform in [0, 1). */
  random(): number;
  /** Unique and unguessable. */
  token(): string;
}
