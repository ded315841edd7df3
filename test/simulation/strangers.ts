import { uuidV5 } from '../../lambda/core/model/keys.ts';
import type { ChainBody } from '../../lambda/rules/index.ts';
import type { ModelRun } from './model/cyberdesk.ts';
import { CORRELATE } from './model/echoes.ts';
import { isCompletion } from './model/items.ts';
import { SHARED_SESSION } from './rules.ts';
import type { World } from './world.ts';

/** The key of an action of another stage. */
const THEIR_KEY = uuidV5('another stage');

/** Other values for each of the inputs that the rules give. */
const PLAINLY_OTHER = { n: 'else', a: 'else', z: 'else', zebra: 'else', [CORRELATE]: THEIR_KEY };

interface Asked {
  workflow_id: string;
  input_values?: object | null;
  isCorrelated: boolean;
  /** Of a chain. */
  session_id?: string | null;
}

/** Other people, and other stages of the same organisation, use the same workflows as our follow-ups. */
export class Strangers {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** They start a run: one that could not be taken for ours, unless the schedule may end with a person. */
  start(): void {
    const { api, rng, profile, plant } = this.#world;
    const isPlain = profile.calm && plant.strangers === undefined;
    const asked = this.#asked() ?? { workflow_id: rng.pick(['next', 'other']), isCorrelated: false };
    const { workflow_id, input_values, isCorrelated, session_id = null } = asked;
    // No one else knows a key of ours. Where no person is to decide, the run also plainly differs from those of other rules.
    const theirs = { ...(isPlain ? PLAINLY_OTHER : {}), ...input_values, [CORRELATE]: THEIR_KEY };
    const inputs = isCorrelated ? theirs : (input_values ?? null);
    const likely = [inputs, { ...inputs, language: 'en' }];
    // What a run without inputs was started with, nothing shows.
    const alike = isPlain ? likely : [null, { someone: 'else' }, ...likely];
    const isSafe = isPlain && !isCorrelated;
    this.#world.move('foreign run');
    const given = isSafe || rng.chance(0.2) ? PLAINLY_OTHER : rng.pick(alike);
    const run = api.start(
      workflow_id,
      given,
      session_id !== null && !profile.calm && rng.chance(0.8) ? session_id : null,
    );
    if (rng.chance(0.5)) api.end(run, 'success');
  }

  /** What one of our rules has asked for, as the same rule of another stage does at the same time. */
  #asked(): Asked | undefined {
    const actions = [...this.#world.table.items.values()].flatMap((item) =>
      isCompletion(item) ? (item.actions ?? []) : [],
    );
    const starts = actions.flatMap(({ kind, key, body, correlate }): Asked[] => {
      const isCorrelated = correlate !== undefined;
      if (kind === 'startRun' && body !== undefined) return [{ ...JSON.parse(body), isCorrelated }];
      return kind === 'startChain' && body !== undefined
        ? this.#stepsOf(JSON.parse(body), key, isCorrelated)
        : [];
    });
    return starts.length > 0 ? this.#world.rng.pick(starts) : undefined;
  }

  /** Each step of a chain, in its session. */
  #stepsOf({ steps, shared_inputs, session_id }: ChainBody, key: string, isCorrelated: boolean): Asked[] {
    const opened = [...this.#world.api.runs.values()].filter((run) => run.key === key);
    // Who takes a step away and puts an equal one in its place, in the session that a chain has opened, deceives us (a known gap).
    const isWhole = opened.every((run) => !run.isDeleted);
    return steps.map(({ workflow_id, inputs }, step) => ({
      workflow_id,
      input_values: { ...shared_inputs, ...inputs },
      isCorrelated: isCorrelated && step === 0,
      session_id: session_id ?? (isWhole ? (opened[0]?.session_id ?? null) : null),
    }));
  }

  /**
   * Someone deletes a run whose start is in no doubt: a lookup could never find it again.
   *
   * @param namesEnds Webhooks name the end of their run. Otherwise the API is asked for it, at every delivery of a webhook
   * whose event has expired, and that of a deleted run then acts again (a known gap).
   */
  deleteRun(namesEnds: boolean): void {
    const { api, rng, oracle, profile } = this.#world;
    const all = [...api.runs.values()];
    const joined = new Set(all.filter(({ key }) => key === undefined).map(({ session_id }) => session_id));
    const begun = new Set<string>();
    // A chain that lacks one of its later steps may be in doubt: what is left must not be taken for none of it.
    const isLaterStep = ({ key, session_id }: ModelRun) => {
      if (session_id === null || key === undefined || profile.calm) return false;
      const isFirst = !begun.has(key);
      begun.add(key);
      return !isFirst && (session_id === SHARED_SESSION || !joined.has(session_id));
    };
    const isSettled = ({ id, key, workflow_id }: ModelRun) =>
      key === undefined
        ? namesEnds || !workflow_id.startsWith('first-')
        : namesEnds && oracle.results.counts(id);
    const runs = all.filter((run) => {
      const isLater = isLaterStep(run);
      return !run.isDeleted && (isSettled(run) || (isLater && namesEnds));
    });
    if (runs.length === 0) return;
    this.#world.move('deleted run');
    rng.pick(runs).isDeleted = true;
  }
}
