import type { ActionRecord, RunSnapshot } from '../../model/index.ts';
import { isCreatedIn, type Window } from './look-up-window.ts';
import { type Resemblance, resemblance } from './resemblance.ts';

/** What a body starts, as far as the list of runs shows it. */
export interface Wanted {
  /** Of its steps, in order. */
  workflowIds: string[];
  /** Inputs of the first step. */
  inputs: object;
  /** Other forms in which the API may show these. */
  otherForms: object[];
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

export function likenessOf(run: RunSnapshot, record: ActionRecord, wanted: Wanted, narrow: Window): Likeness {
  const { correlate, key } = record;
  if (correlate !== undefined) return likenessByKey(run, { name: correlate, key }, wanted);
  const likeness = compare(wanted, run);
  // Any run of its workflow looks like one without inputs.
  const isTelling = Object.keys(wanted.inputs).length > 0;
  if (likeness === 'equal') return isTelling && isCreatedIn(run, narrow) ? 'exact' : 'similar';
  return likeness;
}

/**
 * The key is compared: no other run shows it. Where the API has emptied that input or spelled the key in another way, the
 * rest decides whether the run may be ours.
 */
function likenessByKey(
  run: RunSnapshot,
  { name, key }: { name: string; key: string },
  wanted: Wanted,
): Likeness {
  const shown = run.input_values;
  // Null are the inputs of a run that was started without any: not by us, who always send the key.
  if (shown === null) return 'different';
  if (typeof shown !== 'object') return 'unknown';
  const value = Reflect.get(shown, name);
  if (value === key) return 'exact';
  const isAltered = typeof value === 'string' && normal(value) === normal(key);
  const isEmptied = value === null || value === '';
  if (!isAltered && !isEmptied) return 'different';
  return mayBeFirst(wanted, { ...run, input_values: { ...shown, [name]: key } }) ? 'similar' : 'different';
}

const normal = (key: string): string => key.trim().toLowerCase();

/** In any form but the expected one, the inputs have to be equal: a form may be empty, which everything resembles. */
function compare({ inputs, otherForms }: Wanted, { input_values }: RunSnapshot): Resemblance | 'unknown' {
  if (input_values === undefined) return 'unknown';
  const shown = input_values ?? {};
  const expected = resemblance(inputs, shown);
  if (expected !== 'different') return expected;
  return otherForms.some((form) => resemblance(form, shown) === 'equal') ? 'similar' : 'different';
}
