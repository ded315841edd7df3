import { isSameId, isUuid } from '../../../cyberdesk/printable-id.ts';
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

/**
 * Whether a run may be of a workflow: only another id of the same form says that it is not. What the API shows in some other way, or
 * not at all, leaves that open.
 */
export const isOfWorkflow = ({ workflow_id: shown }: RunSnapshot, workflowId: string): boolean =>
  isSameId(shown, workflowId) || !(isUuid(workflowId) ? isUuid(shown) : typeof shown === 'string');

/** An API that leaves the filter out lists the runs of other sessions, too. */
export const isOfSession = ({ session_id }: RunSnapshot, sessionId: string): boolean =>
  session_id == null || session_id === sessionId;

/** The keys of an action, and the input in which its runs show one. */
export interface Correlation {
  correlate: ActionRecord['correlate'];
  /** Under which a run may have been started. */
  keys: readonly string[];
}

/** What a listed run is compared with. */
export interface Model extends Correlation {
  wanted: Wanted;
  /** When it was created, by the clock that the API seems to have. */
  narrow: Window;
}

export function likenessOf(run: RunSnapshot, { wanted, correlate, keys, narrow }: Model): Likeness {
  const isOfOurs = isOfWorkflow(run, firstWorkflow(wanted));
  if (showsOurKey(run, { correlate, keys }))
    // A run of another workflow may have been given a copy of our inputs.
    return isOfOurs && keys.some((key) => key === keyInputOf(run, correlate)) ? 'exact' : 'similar';
  if (!isOfOurs) return 'different';
  const inputs = wanted.steps[0]?.inputs ?? {};
  if (correlate !== undefined) return likenessWithoutKey(run, correlate, inputs);
  const likeness = compare(inputs, run);
  return likeness === 'equal' && isCreatedIn(run, narrow) ? 'exact' : likeness;
}

/**
 * Whether a run shows one of our keys, with or without something around it. Hardly another run does, so neither its time of creation
 * nor its workflow makes it another one: the API may have moved its clock.
 */
export function showsOurKey(run: RunSnapshot, { correlate, keys }: Correlation): boolean {
  const value = keyInputOf(run, correlate);
  return typeof value === 'string' && keys.some((key) => value.toLowerCase().includes(key));
}

const keyInputOf = ({ input_values: shown }: RunSnapshot, correlate: ActionRecord['correlate']): unknown =>
  correlate !== undefined && isShown(shown) ? shown[correlate] : undefined;

/**
 * Of a run without our key: one that shows the key of another action is that one's. Where the API has dropped, masked or
 * respelled that input, the rest decides whether the run may be ours.
 */
function likenessWithoutKey(run: RunSnapshot, name: string, inputs: object): Likeness {
  const shown = run.input_values;
  if (!isShown(shown)) return 'unknown';
  if (holdsKey(run, name)) return 'different';
  const names = Object.keys(inputs);
  // The other action that has such a run has started it or found its own inputs: ours are not among them.
  if (!hasAny(shown, [...names, name])) return 'unrelated';
  return mayHave(inputs, { ...run, input_values: { ...shown, [name]: undefined } }) ? 'similar' : 'different';
}

/** Keys are UUIDs of version 5; those of other versions may be what an API keeps in their place. */
const KEY = /[\da-f]{8}-[\da-f]{4}-5[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}/i;

/** Whether the API shows the whole key of an action in this input of a run, with or without something around it. */
export const holdsKey = ({ input_values: shown }: RunSnapshot, name: string): boolean =>
  isShown(shown) && typeof shown[name] === 'string' && KEY.test(shown[name]);

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
