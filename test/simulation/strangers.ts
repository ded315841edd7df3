import { uuidV5 } from '../../lambda/core/model/keys.ts';
import type { ModelRun } from './model/cyberdesk.ts';
import { CORRELATE } from './model/echoes.ts';
import { isCompletion } from './model/items.ts';
import type { World } from './world.ts';

/** The key of an action of another stage. */
const THEIR_KEY = uuidV5('another stage');

/** Other values for each of the inputs that the rules give. */
const PLAINLY_OTHER = { n: 'else', a: 'else', z: 'else', zebra: 'else', [CORRELATE]: THEIR_KEY };

interface Asked {
  workflow_id: string;
  input_values?: object | null;
  isCorrelated: boolean;
}

/** Other people, and other stages of the same organisation, use the same workflows as our follow-ups. */
export class Strangers {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** They start a run: one that could not be taken for ours, unless the schedule may end with a person. */
  start(): void {
    const { api, rng, profile } = this.#world;
    const asked = this.#asked() ?? { workflow_id: rng.pick(['next', 'other']), isCorrelated: false };
    const { workflow_id, input_values, isCorrelated } = asked;
    // No one else knows a key of ours. Where no person is to decide, the run also plainly differs from those of other rules.
    const theirs = { ...(profile.calm ? PLAINLY_OTHER : {}), ...input_values, [CORRELATE]: THEIR_KEY };
    const inputs = isCorrelated ? theirs : (input_values ?? null);
    const likely = [inputs, { ...inputs, language: 'en' }];
    // What a run without inputs was started with, nothing shows.
    const alike = profile.calm ? likely : [null, { someone: 'else' }, ...likely];
    const isSafe = profile.calm && !isCorrelated;
    this.#world.move('foreign run');
    const run = api.start(workflow_id, isSafe || rng.chance(0.2) ? PLAINLY_OTHER : rng.pick(alike));
    if (rng.chance(0.5)) api.end(run, 'success');
  }

  /** What one of our rules has asked for, as the same rule of another stage does at the same time. */
  #asked(): Asked | undefined {
    const bodies = [...this.#world.table.items.values()].flatMap((item) =>
      isCompletion(item) ? (item.actions ?? []) : [],
    );
    const starts = bodies.flatMap(({ kind, body, correlate }): Asked[] =>
      kind === 'startRun' && body !== undefined
        ? [{ ...JSON.parse(body), isCorrelated: correlate !== undefined }]
        : [],
    );
    return starts.length > 0 ? this.#world.rng.pick(starts) : undefined;
  }

  /**
   * Someone deletes a run whose start is in no doubt: a lookup could never find it again.
   *
   * @param namesEnds Webhooks name the end of their run. Otherwise the API is asked for it, at every delivery of a webhook
   * whose event has expired, and that of a deleted run then acts again (a known gap).
   */
  deleteRun(namesEnds: boolean): void {
    const { api, rng, oracle, profile } = this.#world;
    const first = new Set<string>();
    // A chain that lacks one of its later steps may be in doubt: what is left must not be taken for none of it.
    const isLaterStep = ({ session_id }: ModelRun) => {
      if (session_id === null || profile.calm) return false;
      const isFirst = !first.has(session_id);
      first.add(session_id);
      return !isFirst;
    };
    const isSettled = ({ id, key, workflow_id }: ModelRun) =>
      key === undefined
        ? namesEnds || !workflow_id.startsWith('first-')
        : namesEnds && oracle.results.counts(id);
    const runs = [...api.runs.values()].filter(
      (run) => !run.isDeleted && (isSettled(run) || (isLaterStep(run) && namesEnds)),
    );
    if (runs.length === 0) return;
    this.#world.move('deleted run');
    rng.pick(runs).isDeleted = true;
  }
}
