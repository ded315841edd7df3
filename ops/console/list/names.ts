import { MINUTE } from '../../../lambda/core/model/index.ts';
import { cyberdeskOf } from '../../stage/secrets.ts';
import type { Stage } from '../../stage/stage.ts';
import type { Names } from './search.ts';

/** Before workflows are asked for again whose names could not be learnt, milliseconds. */
const PATIENCE = 10 * MINUTE;
/** Workflows that one answer asks for. */
const AT_ONCE = 20;

/**
 * Names of workflows, learnt from Cyberdesk in the background: a list never waits for them. Whoever may not read the API key,
 * or has none, sees ids.
 */
export class WorkflowNames {
  readonly #stage: Stage;
  readonly #names = new Map<string, string>();
  /** When a workflow was asked for last, epoch milliseconds. */
  readonly #asked = new Map<string, number>();
  #isAsking = false;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  get known(): Names {
    return this.#names;
  }

  /** Asks for the names of workflows that are not known. */
  learn(ids: Iterable<string | undefined>, now = Date.now()): Promise<void> {
    const isDue = (id: string) => !this.#names.has(id) && now - (this.#asked.get(id) ?? 0) > PATIENCE;
    const due = [...new Set(ids)].filter((id) => id !== undefined).filter(isDue);
    if (this.#isAsking || due.length === 0) return Promise.resolve();
    this.#isAsking = true;
    const asked = due.slice(0, AT_ONCE);
    for (const id of asked) this.#asked.set(id, now);
    return this.#ask(asked)
      .catch(() => undefined)
      .finally(() => {
        this.#isAsking = false;
      });
  }

  async #ask(ids: readonly string[]): Promise<void> {
    const client = await cyberdeskOf(this.#stage);
    if (client === undefined) return;
    for (const id of ids) {
      const { data } = await client.workflows.get(id);
      if (typeof data?.name === 'string' && data.name !== '') this.#names.set(id, data.name);
    }
  }
}
