import { isJsonObject } from '../../../json/parse.ts';
import type { ActionRecord, RunSnapshot } from '../../model/index.ts';
import { isCreatedIn, type Window } from './look-up-window.ts';
import { type Resemblance, resemblance } from './resemblance.ts';

/** What a body starts, as far as the list of runs shows it. */
export interface Wanted {
  /** Of its steps, in order. */
  workflowIds: string[];
  /** Inputs of the first step, those that all steps share among them. */
  inputs: object;
  /** Number of steps that look like the first one. */
  firsts: number;
  /** How the runs of one call belong together. */
  together: 'single_run' | 'session';
}

/**
 * How a listed run resembles the first one that was asked for; `exact` if it can hardly be another, `unknown` where its
 * inputs are not shown, `unrelated` where it shows none of those that were sent, and others instead.
 */
export type Likeness = 'exact' | 'similar' | 'different' | 'unknown' | 'unrelated';

/** Whether a run may be the first one that was asked for, by its inputs alone. */
export const mayBeFirst = (wanted: Wanted, run: RunSnapshot): boolean => compare(wanted, run) !== 'different';

export function likenessOf(run: RunSnapshot, record: ActionRecord, wanted: Wanted, narrow: Window): Likeness {
  const { correlate, key } = record;
  if (correlate !== undefined) return likenessByKey(run, { name: correlate, key }, wanted);
  const likeness = compare(wanted, run);
  if (likeness === 'equal') return isCreatedIn(run, narrow) ? 'exact' : 'similar';
  return likeness;
}

/**
 * The key is compared: no other run shows it, and a run that shows the key of another action is that one's. Where the API
 * has dropped, masked or respelled that input, the rest decides whether the run may be ours.
 */
function likenessByKey(
  run: RunSnapshot,
  { name, key }: { name: string; key: string },
  wanted: Wanted,
): Likeness {
  const shown = run.input_values;
  if (!isShown(shown)) return 'unknown';
  const value = shown[name];
  if (value === key) return 'exact';
  if (isOtherKey(value, key)) return 'different';
  const names = Object.keys(wanted.inputs);
  // The other action that has such a run has started it or found its own inputs: ours are not among them.
  if (!hasAny(shown, [...names, name])) return 'unrelated';
  return mayBeFirst(wanted, { ...run, input_values: { ...shown, [name]: key } }) ? 'similar' : 'different';
}

/** Keys are UUIDs of version 5; those of other versions may be what an API keeps in their place. */
const KEY = /[\da-f]{8}-[\da-f]{4}-5[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}/i;

/** Whether an input holds the whole key of another action, with or without something around it. */
function isOtherKey(value: unknown, key: string): boolean {
  const [found] = KEY.exec(typeof value === 'string' ? value : '') ?? [];
  return found !== undefined && found.toLowerCase() !== key.toLowerCase();
}

function compare(
  { inputs }: Wanted,
  { input_values: shown }: RunSnapshot,
): Resemblance | 'unknown' | 'unrelated' {
  if (!isShown(shown)) return 'unknown';
  const names = Object.keys(inputs);
  return names.length === 0 || hasAny(shown, names) ? resemblance(inputs, shown) : 'unrelated';
}

const hasAny = (shown: object, names: readonly string[]): boolean =>
  names.some((name) => Object.hasOwn(shown, name));

/** An API that shows no inputs, null, empty ones or plain text has shown no difference. */
const isShown = (inputs: unknown): inputs is Record<string, unknown> =>
  isJsonObject(inputs) && Object.keys(inputs).length > 0;
