import {
  type ActionableEvent,
  type ActionRecord,
  type CallLimit,
  type CompletionItem,
  ITEM_VERSION,
  PLAN_BODIES_VERSION,
  SECOND,
} from '../model/index.ts';
import { LostRaceError, type Swap, trySave } from '../store/index.ts';
import { type CompletionDraft, release, withAction } from './transitions.ts';
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
  #completion: CompletionDraft;
  #tag: string | undefined;
  /** Tag of a write whose answer was lost, if the last one's was. */
  #unanswered: string | undefined;
  #isWritten = false;
  /** Another worker has written the completion: it is not ours to write any more. */
  #isLost = false;

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
    this.#tag = found?.tag;
    this.#completion = completion;
  }

  get completion(): CompletionDraft {
    return this.#completion;
  }

  /** The actions of the plan, in order. */
  get actions(): ActionClaim[] {
    return (this.#completion.actions ?? []).map((_, index) => new ActionClaim(this, index));
  }

  /** Writes the claim by itself, unless another write has made it already. */
  async acquire(): Promise<void> {
    if (!this.#isWritten) await this.commit(this.#completion);
  }

  /** Changes the completion in memory; the next commit writes it. Only for what may safely happen again. */
  stage(completion: CompletionDraft): void {
    this.#completion = completion;
  }

  /** Writes the completion. @throws LostRaceError */
  async commit(completion: CompletionDraft): Promise<void> {
    const tag = this.worker.system.token();
    const unanswered = this.#unanswered;
    this.#unanswered = tag;
    let swap = await this.#write(completion, tag);
    if (swap.kind === 'lost' && unanswered !== undefined && swap.found?.tag === unanswered) {
      // The response to the write before this one was lost, but it took effect.
      this.#tag = unanswered;
      swap = await this.#write(completion, tag);
    }
    if (swap.kind === 'lost') {
      this.#isLost = true;
      throw new LostRaceError();
    }
    this.#tag = tag;
    this.#unanswered = undefined;
    this.#isWritten = true;
    this.#completion = completion;
  }

  #write(completion: CompletionDraft, tag: string): Promise<Swap<CompletionItem>> {
    const expected = this.#tag === undefined ? 'absent' : { tag: this.#tag };
    return trySave<CompletionItem>(this.worker, asStored(completion), expected, tag);
  }

  /**
   * Releases the completion after an error, so that it does not count as a crash; tried until the invocation ends, or
   * another worker has it. What was staged is written too: it has happened.
   */
  async releaseAfterError(): Promise<void> {
    const { system, deadline } = this.worker;
    while (!this.#isLost && (this.#isWritten || this.#unanswered !== undefined)) {
      try {
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

/** Under the lowest version that a reader must know, so that a rollback waits only for what it would misread. */
function asStored(completion: CompletionDraft): CompletionDraft {
  const hasPlanBodies = completion.actions?.some(({ body_ref }) => body_ref?.owner === 'plan') ?? false;
  return { ...completion, v: hasPlanBodies ? PLAN_BODIES_VERSION : ITEM_VERSION };
}

/** One action of a claimed completion: what the code that carries it out reads and changes. */
export class ActionClaim {
  readonly claim: Claim;
  readonly #index: number;

  constructor(claim: Claim, index: number) {
    this.claim = claim;
    this.#index = index;
  }

  get worker(): Worker {
    return this.claim.worker;
  }

  get event(): ActionableEvent {
    return this.claim.event;
  }

  get record(): ActionRecord {
    const record = this.claim.completion.actions?.[this.#index];
    // A claim never shortens its plan.
    if (record === undefined) throw new RangeError('the plan has no such action');
    return record;
  }

  /** Changes the action in memory; the next commit writes it. Only for what may safely happen again. */
  stage(record: ActionRecord): void {
    this.claim.stage(withAction(this.claim.completion, this.#index, record));
  }

  /** Changes the action and writes the completion. @throws LostRaceError */
  async commit(record: ActionRecord): Promise<void> {
    await this.claim.commit(withAction(this.claim.completion, this.#index, record));
  }
}
