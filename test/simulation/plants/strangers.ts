import type { RunSnapshot } from '../../../lambda/core/model/index.ts';
import type { ModelRun } from '../model/cyberdesk.ts';
import { CORRELATE } from '../model/echoes.ts';
import { isCompletion } from '../model/items.ts';
import type { Plant, PortsOfOne, WorldParts } from '../world-parts.ts';
import type { KnownMistake } from './plant.ts';

/** Shows runs that others have started in a session of ours, or in one that we have joined, in another way. */
const theirs =
  (change: (run: ModelRun, world: WorldParts) => Partial<RunSnapshot>): NonNullable<Plant['ports']> =>
  (ports, world) => {
    const findRuns: PortsOfOne['cyberdesk']['findRuns'] = async (...args) => {
      const found = await ports.cyberdesk.findRuns(...args);
      if (found.kind === 'failed') return found;
      const runs = found.value.runs.map((shown) => {
        const run = world.api.runs.get(shown.id);
        const isTheirs = run?.session_id != null && run.key === undefined;
        return isTheirs ? { ...shown, ...change(run, world) } : shown;
      });
      return { ...found, value: { ...found.value, runs } };
    };
    return { ...ports, cyberdesk: { ...ports.cyberdesk, findRuns } };
  };

/** What a chain has asked for that has begun and has no result, in a step of this workflow. */
function asked(world: WorldParts, workflowId: string) {
  const actions = [...world.table.items.values()].flatMap((item) =>
    isCompletion(item) ? (item.actions ?? []) : [],
  );
  const { key, body } =
    actions.find(({ kind, begun, result }) => kind === 'startChain' && begun && !result) ?? {};
  const { steps = [], shared_inputs } = JSON.parse(body ?? '{}');
  const step = steps.find(({ workflow_id }: { workflow_id: string }) => workflow_id === workflowId);
  return { key, inputs: { ...shared_inputs, ...step?.inputs } };
}

/** Mistakes about runs that others start beside ours. */
export const STRANGER_PLANTS: Record<string, KnownMistake> = {
  'takes a run that others started in the session it joined for the one with its key': {
    broken: /was taken by an action whose key it does not hold/,
    rules: ['joined-correlated'],
    plant: {
      ports: theirs(({ workflow_id, input_values }, world) => {
        const { key } = asked(world, workflow_id);
        return { input_values: { ...Object(input_values), [CORRELATE]: key } };
      }),
    },
  },

  'takes a run that others started in the session it joined for the next step of its chain': {
    broken: /was taken by an action that had asked for another one/,
    rules: ['joined'],
    plant: {
      ports: theirs(({ workflow_id }, world) => ({ input_values: asked(world, workflow_id).inputs })),
    },
  },
};
