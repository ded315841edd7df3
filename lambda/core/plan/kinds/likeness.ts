import type { ActionRecord, RunSnapshot } from '../../model/index.ts';
import { isCreatedIn, type Window } from './look-up-window.ts';
import { resemblance } from './resemblance.ts';

/** What a body starts, as far as the list of runs shows it. */
export interface Wanted {
  /** Of its steps, in order. */
  workflowIds: string[];
  /** Inputs of the first step. */
  inputs: object;
  /** Number of steps that look like the first one. */
  firsts: number;
  /** How the runs of one call belong together. */
  together: 'single_run' | 'session';
}

/**
 * How a listed run resembles the first one that was asked for; `exact` if it can hardly be another, `unknown` where its
 * inputs are not shown.
 */
export type Likeness = 'exact' | 'similar' | 'different' | 'unknown';

/** Whether a run may be the first one that was asked for, by its inputs alone. */
export const mayBeFirst = (wanted: Wanted, run: RunSnapshot): boolean => compare(wanted, run) !== 'different';

export function likenessOf(
  run: RunSnapshot,
  { correlate, key }: ActionRecord,
  wanted: Wanted,
  narrow: Window,
): Likeness {
  const shown = run.input_values;
  if (correlate !== undefined) {
    // Null are the inputs of a run that was started without any: not by us, who always send the key.
    if (shown === null) return 'different';
    if (typeof shown !== 'object') return 'unknown';
    return Reflect.get(shown, correlate) === key ? 'exact' : 'different';
  }
  const likeness = compare(wanted, run);
  // Any run of its workflow looks like one without inputs.
  const isTelling = Object.keys(wanted.inputs).length > 0;
  if (likeness === 'equal') return isTelling && isCreatedIn(run, narrow) ? 'exact' : 'similar';
  return likeness;
}

const compare = ({ inputs }: Wanted, { input_values }: RunSnapshot) =>
  input_values === undefined ? 'unknown' : resemblance(inputs, input_values ?? {});
