import type { ActionKind, ActionOf, ActionRecord } from '../../model/index.ts';
import { LaterReleaseError } from '../../store/index.ts';
import { deliver } from './deliver.ts';
import {
  EXECUTION_NEEDS,
  type Execution,
  type ExecutionNeeds,
  type Kind,
  type ReferencePlaces,
} from './kind.ts';
import { notify } from './notify.ts';
import { publish } from './publish.ts';
import { retryRun } from './retry-run.ts';
import { startChain } from './start-chain.ts';
import { startRun } from './start-run.ts';

export type {
  AnnouncementExecution,
  ApiCall,
  Call,
  Execution,
  Kind,
  LookUpPorts,
  ReferencePlaces,
  StartedWith,
  Trace,
} from './kind.ts';
export { runsStartedWith } from './runs-started-with.ts';

/** Every kind of action. The compiler asks for a kind that is missing here, and for what it lacks. */
const KINDS = { startRun, startChain, retryRun, notify, publish, deliver } satisfies {
  [K in ActionKind]: Kind<K>;
};

/**
 * The kind of an action.
 *
 * @throws UnknownActionKindError
 */
export function kindOf<K extends ActionKind>(action: ActionOf<K>): Kind<K> {
  const kinds: { [P in ActionKind]: Kind<P> } = KINDS;
  if (!Object.hasOwn(kinds, action.kind))
    throw new UnknownActionKindError('a rule returned an action of unknown kind');
  return kinds[action.kind];
}

/** Rules in plain JavaScript made up an action: it must not be taken for another. */
export class UnknownActionKindError extends Error {
  override name = 'UnknownActionKindError';
}

/**
 * How a planned action is carried out.
 *
 * @throws LaterReleaseError for a kind that this release does not have (after a rollback).
 */
export function executionOf({ kind }: ActionRecord): Execution {
  if (!Object.hasOwn(KINDS, kind)) throw new LaterReleaseError();
  return KINDS[kind].execution;
}

/** Where references of actions of this kind may stand. */
export const referencePlaces = (kind: ActionKind): ReferencePlaces => KINDS[kind].references;

/** What carrying out an action needs. @throws LaterReleaseError */
export const needsOf = (action: ActionRecord): ExecutionNeeds => EXECUTION_NEEDS[executionOf(action).kind];
