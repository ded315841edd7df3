/**
 * Why a call to Cyberdesk brought nothing. Messages and causes hold no body, header, key or payload value:
 * an error may be logged as it is.
 */

/** What a caller needs to decide, whatever the cause. */
export interface CallFacts {
  /**
   * True when some attempt of the call may have done its work although no answer says so: a later refusal then
   * proves nothing. Always false for reads.
   */
  mayHaveTakenEffect: boolean;
}

/** What the last answer said. */
export interface AnswerFacts {
  /** HTTP status; absent when no answer came. */
  status?: number | undefined;
  /** What `Retry-After` asks for, in milliseconds, at most a day. */
  retryAfterMs?: number | undefined;
  /** 409 with `Idempotency-Status: in_progress`. */
  inProgress?: boolean;
}

/** Base of all that a call reports as its `error`. */
export abstract class CyberdeskError extends Error implements CallFacts, AnswerFacts {
  readonly mayHaveTakenEffect: boolean;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly inProgress: boolean;

  constructor(message: string, facts: CallFacts & AnswerFacts, options?: ErrorOptions) {
    super(message, options);
    this.mayHaveTakenEffect = facts.mayHaveTakenEffect;
    this.status = facts.status;
    this.retryAfterMs = facts.retryAfterMs;
    this.inProgress = facts.inProgress ?? false;
  }
}

/** An answer outside 2xx. A redirect counts too: following it would carry data to another place. */
export class AnsweredWithError extends CyberdeskError {
  override readonly name = 'AnsweredWithError';

  constructor(facts: CallFacts & AnswerFacts) {
    super(`Cyberdesk's API answered ${facts.status}`, facts);
  }
}

/** No connection, or one that broke before the whole answer was there. The cause is the system's own error. */
export class NotReached extends CyberdeskError {
  override readonly name = 'NotReached';

  constructor(facts: CallFacts, cause: unknown) {
    super("Cyberdesk's API could not be reached, or the connection broke", facts, { cause });
  }
}

/** No whole answer in the time for one attempt. */
export class TimedOut extends CyberdeskError {
  override readonly name = 'TimedOut';

  constructor(facts: CallFacts, waitedMs: number) {
    super(`Cyberdesk's API gave no whole answer within ${waitedMs} ms`, facts);
  }
}

/** The caller's signal or deadline ended the call. */
export class Aborted extends CyberdeskError {
  override readonly name = 'Aborted';

  constructor(facts: CallFacts) {
    super("The call to Cyberdesk's API was ended by its caller", facts);
  }
}

/** A 2xx answer without what was asked for: a proxy's page, or half an answer. Its text is not kept. */
export class UnreadableAnswer extends CyberdeskError {
  override readonly name = 'UnreadableAnswer';

  constructor(facts: CallFacts) {
    super("Cyberdesk's API answered, but not with what was asked for", facts);
  }
}

/** An answer above the limit; the rest of it was not read. */
export class AnswerTooLarge extends CyberdeskError {
  override readonly name = 'AnswerTooLarge';

  constructor(facts: CallFacts, maxBytes: number) {
    super(`Cyberdesk's API answered with more than ${maxBytes} bytes`, facts);
  }
}
