import type { Stage } from './stage.ts';

/** The act that is on record, and the events that it is about. */
export class Trail {
  /** Who acts: the ARN of their AWS credentials, or in the local run their name on this machine. */
  readonly caller: string;
  readonly #mark: (eventId: string) => Promise<void>;

  /** @param mark puts the act on the record of an event */
  constructor(caller: string, mark: (eventId: string) => Promise<void>) {
    this.caller = caller;
    this.#mark = mark;
  }

  /** Puts the act on the record of an event, before the event is changed or its payload is shown. */
  mark(eventId: string): Promise<void> {
    return this.#mark(eventId);
  }
}

/**
 * A stage that may be changed, as the intent is on record. All that changes a stage or shows a payload takes one, and
 * `audited` in `ops/audit` makes it, so none can be forgotten.
 */
export interface AuditedStage extends Stage {
  readonly trail: Trail;
}
