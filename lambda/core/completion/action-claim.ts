import type { ActionableEvent, ActionRecord } from '../model/index.ts';
import type { Claim } from './claim.ts';
import { startKeys } from './start-keys.ts';
import { withAction } from './transitions.ts';
import type { Worker } from './worker.ts';

/** The actions of a claimed plan, in order. */
export const actionsOf = (claim: Claim): ActionClaim[] =>
  (claim.completion.actions ?? []).map((_, index) => new ActionClaim(claim, index));

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

  /** Under which it may have started runs. */
  get keys(): string[] {
    const { completion, event, worker } = this.claim;
    return startKeys(this.record, { ...worker.settings, event, completion: completion.sk });
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
