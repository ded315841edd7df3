import { type ActionableEvent, type CallLimit, type CompletionItem, SECOND } from '../model/index.ts';
import { ClaimWriter } from './claim-writer.ts';
import { type CompletionDraft, release } from './transitions.ts';
import type { Worker } from './worker.ts';

/** Between two tries to release a completion after an error. */
const RELEASE_INTERVAL = SECOND;

/**
 * A completion claimed by a worker. Every write goes through here and is conditional on the one before it, so a
 * worker that was frozen past its lease fails its next compare-and-swap (LostRaceError) and stops.
 */
export class Claim {
  readonly worker: Worker;
  readonly event: ActionableEvent;
  readonly #writer: ClaimWriter;
  #completion: CompletionDraft;

  /**
   * The first write makes the claim, together with whatever else it writes. Before it, the worker may do only what two
   * workers may do at the same time.
   *
   * @param found The item that the claim is based on, if there is one.
   */
  constructor(
    worker: Worker,
    event: ActionableEvent,
    found: CompletionItem | undefined,
    completion: CompletionDraft,
  ) {
    this.worker = worker;
    this.event = event;
    this.#writer = new ClaimWriter(worker, found);
    this.#completion = completion;
  }

  get completion(): CompletionDraft {
    return this.#completion;
  }

  /** Writes the claim by itself, unless another write has made it already. */
  async acquire(): Promise<void> {
    if (!this.#writer.isWritten) await this.commit(this.#completion);
  }

  /** Changes the completion in memory; the next commit writes it. Only for what may safely happen again. */
  stage(completion: CompletionDraft): void {
    this.#completion = completion;
  }

  /** Writes the completion. @throws LostRaceError */
  async commit(completion: CompletionDraft): Promise<void> {
    await this.#writer.write(completion);
    this.#completion = completion;
  }

  /**
   * Releases the completion after an error, so that it does not count as a crash; tried until the invocation ends, or
   * another worker has it. What was staged is written too: it has happened.
   */
  async releaseAfterError(): Promise<void> {
    const { system, deadline } = this.worker;
    while (this.#writer.mayHold) {
      try {
        await this.#writer.lookForOwn(this.#completion);
        return await this.release(system.now());
      } catch {
        if (system.now() + RELEASE_INTERVAL > deadline) return;
        await system.sleep(RELEASE_INTERVAL);
      }
    }
  }

  /** Releases the completion, until `notBefore` or for good. */
  async release(notBefore?: number): Promise<void> {
    const { system, settings } = this.worker;
    await this.commit(release(this.#completion, system.now(), settings.completionRetention, notBefore));
  }

  /** Whether lease and invocation outlive this many milliseconds from now; to be asked right before a call. */
  outlives(duration: number): boolean {
    return this.worker.system.now() + duration <= this.#end;
  }

  /** When a call that takes at most `duration` milliseconds must have ended. */
  limit(duration: number): CallLimit {
    return { until: Math.min(this.worker.system.now() + duration, this.#end) };
  }

  get #end(): number {
    return Math.min(this.#completion.lease?.until ?? 0, this.worker.deadline);
  }
}
