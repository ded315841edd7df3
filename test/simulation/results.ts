import type { ActionRecord, ActionResult, Decision } from '../../lambda/core/model/index.ts';
import type { CyberdeskModel } from './model/cyberdesk.ts';

type Succeeded = Pick<ActionRecord, 'key' | 'rule' | 'kind'> & {
  result: ActionResult;
  decision: Decision | undefined;
};

/** Checks the results that are recorded for actions against what Cyberdesk and the topics and destinations received. */
export class Results {
  readonly #api: CyberdeskModel;
  /** Dedupe ids of the announcements and deliveries that arrived. */
  readonly #announced: ReadonlyMap<string, number>;
  readonly #checked = new Set<string>();
  /** Keys of the actions that each run counts for. */
  readonly #owners = new Map<string, string>();

  constructor(api: CyberdeskModel, announced: ReadonlyMap<string, number>) {
    this.#api = api;
    this.#announced = announced;
  }

  /**
   * Describes what is wrong with the result of an action, if anything.
   *
   * @param runId The run that has ended.
   */
  onResult(runId: string, action: Succeeded): string | undefined {
    if (this.#checked.has(action.key)) return undefined;
    this.#checked.add(action.key);
    // Left out by a person, it was not done.
    if (action.decision?.kind === 'skip') return undefined;
    switch (action.kind) {
      case 'notify':
      case 'publish':
        return this.#announced.has(action.key)
          ? undefined
          : `${action.rule} counts as announced, and was not`;
      case 'deliver':
        return this.#announced.has(action.key)
          ? undefined
          : `${action.rule} counts as delivered, and was not`;
      case 'retryRun':
        return this.#api.runs.get(runId)?.retries ? undefined : `${runId} counts as retried, and was not`;
      case 'startRun':
      case 'startChain':
        return action.result.run_ids
          .map((id) => this.#onStarted(id, action))
          .find((wrong) => wrong !== undefined);
    }
  }

  /** Begins anew: an equal run may count for the action of another event now. */
  onRestored(): void {
    this.#checked.clear();
    this.#owners.clear();
  }

  /** Whether a run is the recorded result of an action. */
  counts(runId: string): boolean {
    return this.#owners.has(runId);
  }

  #onStarted(id: string, { key, rule, result, decision }: Succeeded): string | undefined {
    const owner = this.#owners.get(id);
    if (owner !== undefined && owner !== key) return `run ${id} counts for two actions`;
    this.#owners.set(id, key);
    const run = this.#api.runs.get(id);
    if (!run) return `run ${id} was not started by any action`;
    if (run.key !== key && !result.adopted && decision?.kind !== 'run')
      return `run ${id} is not the one that ${rule} started`;
    return undefined;
  }
}
