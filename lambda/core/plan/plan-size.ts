import type { ActionRecord, Placeholder } from '../model/index.ts';
import { LaterReleaseError } from '../store/index.ts';
import { needsOf } from './kinds/index.ts';
import { LARGE_PLAN_BYTES } from './plan-bodies.ts';

/** DynamoDB's limit of an item, less what a completion holds besides its actions. */
const LARGEST_ITEM = 390 * 1024;
/** Bytes by which an action grows: attempts, waits, a failure, and where its body is stored. */
const PROGRESS = 300;
const RUN_ID = 50;
const SECRET_VERSION = 60;
const ATTACHMENT_HASH = 70;

/** Whether one item holds these actions until all of them have ended, with everything that is recorded by then. */
export function fitsOneItem(actions: readonly ActionRecord[]): boolean {
  const bodies = actions.filter(isKeptApart).reduce((sum, { body }) => sum + bytesOf(body), 0);
  const rest = actions.reduce((sum, action) => sum + largestSize(action), 0);
  return rest + Math.min(bodies, LARGE_PLAN_BYTES) <= LARGEST_ITEM;
}

/** What an action may come to, without the body of a call. */
function largestSize(action: ActionRecord): number {
  const { body, ...rest } = action;
  const pins = (rest.placeholders ?? []).reduce((sum, placeholder) => sum + pinSize(placeholder), 0);
  const inItem = isKeptApart(action) ? RUN_ID * runsOf(action) : bytesOf(body);
  return bytesOf(JSON.stringify(rest)) + PROGRESS + pins + inItem;
}

/** Whether the body of an action leaves the item once the plan is large. */
function isKeptApart(action: ActionRecord): boolean {
  try {
    return needsOf(action).bodyInPieces;
  } catch (error) {
    // What a later release has planned, it has measured.
    if (error instanceof LaterReleaseError) return true;
    throw error;
  }
}

const pinSize = (placeholder: Placeholder): number =>
  'secret' in placeholder ? SECRET_VERSION : ATTACHMENT_HASH * placeholder.attachments.ids.length;

/** How many runs a call starts. */
function runsOf({ kind, body }: ActionRecord): number {
  if (kind !== 'startChain' || body === undefined) return 1;
  const { steps }: { steps?: unknown } = JSON.parse(body);
  return Array.isArray(steps) ? steps.length : 1;
}

const bytesOf = (text: string | undefined): number => Buffer.byteLength(text ?? '');
