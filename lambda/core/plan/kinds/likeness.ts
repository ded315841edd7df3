import { isSameId } from '../../../cyberdesk/printable-id.ts';
import { isJsonObject } from '../../../json/parse.ts';
import type { ActionRecord, RunSnapshot } from '../../model/index.ts';
import { isCreatedIn, type Window } from './look-up-window.ts';
import { type Resemblance, resemblance } from './resemblance.ts';

/** One of the runs that a body starts. */
export interface Step {
  workflowId: string;
  /** Those that all steps share among them. */
  inputs: object;
}

/** What a body starts, as far as the list of runs shows it. */
export interface Wanted {
  /** In their order; a single run is a chain of one. */
  steps: readonly Step[];
  /** How the runs of one call belong together. */
  together: 'single_run' | 'session';
  /** The session that a chain joins, in which others have runs as well; undefined if it opens one. */
  joins?: string | undefined;
}

/** A listed run, and how it resembles the first one that was asked for. */
export interface Compared {
  run: RunSnapshot;
  likeness: Likeness;
}

/**
 * How a listed run resembles the first one that was asked for; `exact` if it can hardly be another, `equal` if only the time of its
 * creation is in doubt, `unknown` where its inputs are not shown, `unrelated` where it shows none of those that were sent, and others instead.
 */
export type Likeness = 'exact' | 'equal' | 'similar' | 'different' | 'unknown' | 'unrelated';

/** Whether a run may have been sent these inputs, by what it shows of its own. */
export const mayHave = (inputs: object, run: RunSnapshot): boolean => compare(inputs, run) !== 'different';

/** Whether a run shows the inputs that were sent, or none where none were sent. */
export const hasExactly = (inputs: object, { input_values }: RunSnapshot): boolean =>
  resemblance(inputs, input_values ?? {}) === 'equal';

/** Whether the API shows any inputs of a run. */
export const showsInputs = ({ input_values }: RunSnapshot): boolean => isShown(input_values);

/** Workflow of the first run that was asked for; rules in plain JavaScript may have asked for none. */
export const firstWorkflow = ({ steps }: Wanted): string => steps[0]?.workflowId ?? '';

/** Whether a run is of a workflow; one that does not show its own may be. */
export const isOfWorkflow = ({ workflow_id: shown }: RunSnapshot, workflowId: string): boolean =>
  shown == null || isSameId(shown, workflowId);

/** What a listed run is compared with. */
export interface Model {
  wanted: Wanted;
  correlate: ActionRecord['correlate'];
  /** Under which it may have been started. */
  keys: readonly string[];
  /** When it was created, by the clock that the API seems to have. */
  narrow: Window;
}

export function likenessOf(run: RunSnapshot, { wanted, correlate, keys, narrow }: Model): Likeness {
  if (!isOfWorkflow(run, firstWorkflow(wanted))) return 'different';
  const inputs = wanted.steps[0]?.inputs ?? {};
  if (correlate !== undefined) return likenessByKey(run, { name: correlate, keys }, inputs);
  const likeness = compare(inputs, run);
  return likeness === 'equal' && isCreatedIn(run, narrow) ? 'exact' : likeness;
}

/**
 * The key is compared: no other run shows it, and a run that shows the key of another action is that one's. Where the API
 * has dropped, masked or respelled that input, the rest decides whether the run may be ours.
 */
function likenessByKey(
  run: RunSnapshot,
  { name, keys }: { name: string; keys: readonly string[] },
  inputs: object,
): Likeness {
  const shown = run.input_values;
  if (!isShown(shown)) return 'unknown';
  const value = shown[name];
  if (keys.some((key) => key === value)) return 'exact';
  if (isOtherKey(value, keys)) return 'different';
  const names = Object.keys(inputs);
  // The other action that has such a run has started it or found its own inputs: ours are not among them.
  if (!hasAny(shown, [...names, name])) return 'unrelated';
  return mayHave(inputs, { ...run, input_values: { ...shown, [name]: undefined } }) ? 'similar' : 'different';
}

/** Keys are UUIDs of version 5; those of other versions may be what an API keeps in their place. */
const KEY = /[\da-f]{8}-[\da-f]{4}-5[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}/i;

/** Whether an input holds the whole key of another action, with or without something around it. */
function isOtherKey(value: unknown, keys: readonly string[]): boolean {
  const [found] = KEY.exec(typeof value === 'string' ? value : '') ?? [];
  return found !== undefined && !keys.includes(found.toLowerCase());
}

/** Whether the API shows the key of an action in this input of a run. */
export const holdsKey = ({ input_values: shown }: RunSnapshot, name: string): boolean =>
  isShown(shown) && isOtherKey(shown[name], []);

function compare(
  inputs: object,
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
