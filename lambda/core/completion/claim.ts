import type { ActionRecord, CompletionItem } from '../model/index.ts';
import { save } from '../store/index.ts';
import { type Draft, leave, withAction } from './transitions.ts';
import type { Worker } from './worker.ts';

/**
 * A claimed completion in a worker's hands. Every write goes through here and is conditional on the one before
 * it, so a worker that was frozen past its lease finds its hands empty (LostRaceError) and stops.
 */
export class Hold {
  readonly #worker: Worker;
  #draft: Draft;
  #tag: string | undefined;
  #isWritten = false;

  private constructor(worker: Worker, draft: Draft, tag: string | undefined) {
    this.#worker = worker;
    this.#draft = draft;
    this.#tag = tag;
  }

  /**
   * A claim that its first write will make, together with what that write is for. Until then nothing may happen
   * that a second worker must not do as well.
   */
  static of(worker: Worker, found: CompletionItem | undefined, draft: Draft): Hold {
    return new Hold(worker, draft, found?.tag);
  }

  /** Writes the claim by itself, unless a write has made it already. */
  async secure(): Promise<void> {
    if (!this.#isWritten) await this.write(this.#draft);
  }

  get draft(): Draft {
    return this.#draft;
  }

  action(index: number): ActionRecord {
    return this.#draft.actions?.[index] as ActionRecord;
  }

  /** Changes an action in memory; the next write carries it. Only for what may safely happen again. */
  change(index: number, action: ActionRecord): void {
    this.#draft = withAction(this.#draft, index, action);
  }

  /** Changes an action and writes it. */
  async record(index: number, action: ActionRecord): Promise<void> {
    await this.write(withAction(this.#draft, index, action));
  }

  /** Gives the completion up in order, until `notBefore` or for good. */
  async leave(notBefore?: number): Promise<void> {
    const { system, settings } = this.#worker;
    await this.write(leave(this.#draft, system.now(), settings.completionRetention, notBefore));
  }

  async write(draft: Draft): Promise<void> {
    const { table, system } = this.#worker;
    const expected = this.#tag === undefined ? 'absent' : { tag: this.#tag };
    const written = await save<CompletionItem>(table, draft, expected, system.token());
    this.#tag = written.tag;
    this.#isWritten = true;
    this.#draft = draft;
  }

  /** Does the lease, and the invocation, outlive this many milliseconds from now? Asked right before a call. */
  outlives(duration: number): boolean {
    const { system, deadline } = this.#worker;
    return system.now() + duration <= Math.min(this.#draft.lease?.until ?? 0, deadline);
  }

  /** When a call must have ended. */
  callLimit(duration: number): { until: number } {
    const { system, deadline } = this.#worker;
    return { until: Math.min(system.now() + duration, this.#draft.lease?.until ?? 0, deadline) };
  }
}
