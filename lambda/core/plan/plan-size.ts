import { type ActionRecord, type Placeholder, referenceOf } from '../model/index.ts';
import { LaterReleaseError } from '../store/index.ts';
import { executionOf, needsOf } from './kinds/index.ts';
import { LARGE_PLAN_BYTES } from './plan-bodies.ts';

/** The most actions of one plan. Their completion is written twice per action: the cost grows with the square of this. */
export const MAX_ACTIONS = 200;

/**
 * The most that the bodies of one plan may have together, in characters. A worker holds them several times while it stores
 * them in pieces, and has 320 MB.
 */
export const LARGEST_PLAN = 16 * 1024 * 1024;

/** DynamoDB's limit of an item, less what a completion holds besides its actions. */
const LARGEST_ITEM = 372 * 1024;
/** Bytes by which an action grows: attempts, waits, failures, and where its body is stored. */
const PROGRESS = 400;
const RUN_ID = 50;
const SECRET_VERSION = 60;
const ATTACHMENT_HASH = 70;

/** Whether one item holds these actions until all of them have ended, with everything that is recorded by then. */
export function fitsOneItem(actions: readonly ActionRecord[]): boolean {
  const bodies = actions.filter(isKeptApart).reduce((sum, { body }) => sum + bytesOf(body), 0);
  const rest = actions.reduce((sum, action) => sum + largestSize(action), 0);
  return rest + Math.min(bodies, LARGE_PLAN_BYTES) <= LARGEST_ITEM;
}

/** What an action may come to, without a body that is kept apart. */
function largestSize(action: ActionRecord): number {
  const { body, ...rest } = action;
  const pins = (rest.placeholders ?? []).reduce((sum, placeholder) => sum + pinSize(placeholder), 0);
  const inItem = isKeptApart(action) ? 0 : bytesOf(body);
  return bytesOf(JSON.stringify(rest)) + PROGRESS + pins + inItem + RUN_ID * runsOf(action);
}

/** Whether the body of an action leaves the item once the plan is large. */
const isKeptApart = (action: ActionRecord): boolean => ifKnown(() => needsOf(action).bodyInPieces) ?? true;

/** How many ids of runs an action may record. */
const runsOf = (action: ActionRecord): number => ifKnown(() => runsOfKind(action)) ?? 1;

function runsOfKind(action: ActionRecord): number {
  const execution = executionOf(action);
  if (execution.kind !== 'call') return 0;
  return action.body === undefined ? 1 : execution.runsOf(action.body);
}

/** Undefined for a kind of a later release: what that has planned, it has measured. */
function ifKnown<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof LaterReleaseError) return undefined;
    throw error;
  }
}

function pinSize(placeholder: Placeholder): number {
  const reference = referenceOf(placeholder);
  return reference.kind === 'secret' ? SECRET_VERSION : ATTACHMENT_HASH * reference.ids.length;
}

const bytesOf = (text: string | undefined): number => Buffer.byteLength(text ?? '');
