/**
 * Why a call to Cyberdesk's API failed. Messages and causes never contain a body, header, key or payload value, so an
 * error can be logged as it is.
 */

/** What a caller needs for its decision, whatever the cause. */
export interface CallFacts {
  /**
   * True when some attempt of the call may have done its work although no response says so. A later refusal then
   * proves nothing. Always false for reads.
   */
  mayHaveTakenEffect: boolean;
}

/** What the last response said. */
export interface AnswerFacts {
  /** HTTP status; absent when no response was received. */
  status?: number | undefined;
  /** Delay that `Retry-After` asks for, in milliseconds, at most a day. */
  retryAfterMs?: number | undefined;
  /** 409 with `Idempotency-Status: in_progress`. */
  inProgress?: boolean;
  /** The content type of the response is JSON. */
  isJson?: boolean;
  /** The field of the request that a 422 names. */
  field?: string | undefined;
}

/** A response with this status was received. */
interface Answered {
  status: number;
}

/** Base of everything that a call returns as its `error`. */
export abstract class CyberdeskError extends Error implements CallFacts, AnswerFacts {
  readonly mayHaveTakenEffect: boolean;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly inProgress: boolean;
  readonly isJson: boolean;
  readonly field: string | undefined;

  constructor(message: string, facts: CallFacts & AnswerFacts, options?: ErrorOptions) {
    super(message, options);
    this.mayHaveTakenEffect = facts.mayHaveTakenEffect;
    this.status = facts.status;
    this.retryAfterMs = facts.retryAfterMs;
    this.inProgress = facts.inProgress ?? false;
    this.isJson = facts.isJson ?? false;
    this.field = facts.field;
  }
}

/** A status outside 2xx. This includes redirects: following one would send the data somewhere else. */
export class AnsweredWithError extends CyberdeskError {
  override readonly name = 'AnsweredWithError';

  constructor(facts: CallFacts & AnswerFacts) {
    super(`Cyberdesk's API answered with status ${facts.status}`, facts);
  }
}

/**
 * The system's own error as a cause, without its other properties: the error of a parser holds the bytes that it could not read.
 *
 * @param depth How many causes of the cause are kept.
 */
function causeOf(error: unknown, depth = 3): Error | undefined {
  if (!(error instanceof Error)) return undefined;
  const { name, message, stack } = error;
  const cause = depth > 0 ? causeOf(error.cause, depth - 1) : undefined;
  const bare = new Error(message, cause && { cause });
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return Object.assign(bare, { name, stack, ...(code !== undefined && { code }) });
}

/** No connection, or one that broke before a response had begun. The cause is the system's own error. */
export class NotReachedError extends CyberdeskError {
  override readonly name = 'NotReachedError';

  constructor(facts: CallFacts, cause: unknown) {
    super("Cyberdesk's API could not be reached, or the connection broke", facts, { cause: causeOf(cause) });
  }
}

/** A 2xx response that broke off, or whose encoding is broken. The cause is the system's own error. */
export class BrokenAnswerError extends CyberdeskError {
  override readonly name = 'BrokenAnswerError';

  constructor(facts: CallFacts & Answered, cause: unknown) {
    super(`Cyberdesk's API answered with status ${facts.status}, but its response broke off`, facts, {
      cause: causeOf(cause),
    });
  }
}

/** No complete response within the timeout of one attempt. */
export class TimedOutError extends CyberdeskError {
  override readonly name = 'TimedOutError';

  /** With a status if the response had begun. */
  constructor(facts: CallFacts & Pick<AnswerFacts, 'status'>, timeoutMs: number) {
    super(`Cyberdesk's API did not answer completely within ${timeoutMs} ms`, facts);
  }
}

/** The caller's signal or deadline ended the call. */
export class AbortedError extends CyberdeskError {
  override readonly name = 'AbortedError';

  constructor(facts: CallFacts) {
    super("The call to Cyberdesk's API was aborted by its caller, or its deadline had passed", facts);
  }
}

/** A 2xx response with unexpected content: a proxy's page, or a truncated body. Its text is not kept. */
export class UnreadableAnswerError extends CyberdeskError {
  override readonly name = 'UnreadableAnswerError';

  constructor(facts: CallFacts & Answered) {
    super(`Cyberdesk's API answered with status ${facts.status}, but not with the expected content`, facts);
  }
}

/** A response above the size limit; the rest of it was not read. */
export class AnswerTooLargeError extends CyberdeskError {
  override readonly name = 'AnswerTooLargeError';

  constructor(facts: CallFacts & Answered, maxBytes: number) {
    super(`Cyberdesk's API answered with more than ${maxBytes} bytes`, facts);
  }
}
