import { isOpen, isUndecided, isUndecidedFor } from '../../completion/index.ts';
import {
  type ActionableEvent,
  type ActionRecord,
  type CallFailure,
  type CompletionItem,
  type Decision,
  type EventItem,
  type EventState,
  isActionable,
  type Reason,
} from '../../model/index.ts';
import type { StartedWith } from '../../plan/index.ts';
import { nextRound } from '../reopen.ts';
import type { Wish } from './wish.ts';

/** Why an action is not settled. Nothing was changed, except for the lineage of runs that were named for it. */
export type Refusal =
  | { kind: 'not_failed'; state: EventState }
  /** Another event acts for the same completion. */
  | { kind: 'copy'; owner: string }
  /** A worker has it, or has just had it; until then at most, if that is known. Epoch milliseconds. */
  | { kind: 'in_progress'; until?: number }
  | { kind: 'no_such_action'; actions: number }
  /** The action has a result, or has failed for another reason. */
  | { kind: 'not_unknown'; reason?: Reason }
  /** The action has no outcome yet: a redrive of its event carries it out, and it can be skipped. */
  | { kind: 'open' }
  /** A run was named for an action that starts none. */
  | { kind: 'starts_no_run' }
  | { kind: 'decided_before'; decision: Decision }
  | { kind: 'no_such_run' }
  /** The session of a chain may not show all of its runs before then. Epoch milliseconds. */
  | { kind: 'not_listed_yet'; until: number }
  /** Another action has that run, or one that was started with it. */
  | { kind: 'run_taken' }
  | { kind: 'unanswered'; failure: CallFailure }
  | Exclude<StartedWith, { kind: 'found' | 'unanswered' }>;

/** What a decision is about. */
export interface Case {
  event: ActionableEvent;
  found: CompletionItem;
  action: ActionRecord;
}

export type Judgement =
  | { kind: 'undecided'; given: Case }
  /** It was decided, and no worker has carried that out yet. */
  | { kind: 'decided'; given: Case; decision: Decision }
  | { kind: 'refused'; refusal: Refusal };

const refused = (refusal: Refusal): Judgement => ({ kind: 'refused', refusal });

/**
 * Whether a person may decide about an action now. Not while a worker has its completion: the worker would lose its
 * next write, and with it what it has just learned.
 *
 * @param wish Names the action by its position in the plan, from 0. One that a redrive would try again can only be skipped.
 */
export function judge(
  event: EventItem,
  found: CompletionItem | undefined,
  { position, choice }: Pick<Wish, 'position' | 'choice'>,
  now: number,
): Judgement {
  const owner = event.duplicate_of ?? found?.owner ?? event.event_id;
  if (owner !== event.event_id) return refused({ kind: 'copy', owner });
  if (event.state !== 'failed') return refused({ kind: 'not_failed', state: event.state });
  if (found?.lease && now < found.lease.until)
    return refused({ kind: 'in_progress', until: found.lease.until });
  const action = found?.actions?.[position];
  if (!found || !action || !isActionable(event))
    return refused({ kind: 'no_such_action', actions: found?.actions?.length ?? 0 });
  // The event was read first. So it has failed in the round of this completion, and no worker has begun another one:
  // the key of a start in the round to come is new.
  if (event.failure !== nextRound(found)) return refused({ kind: 'in_progress' });
  const given = { event, found, action };
  const { decision, failure, result } = action;
  if (decision && !failure) return { kind: 'decided', given, decision };
  if (choice.kind === 'skip' ? isLeft(action) : isUndecided(action)) return { kind: 'undecided', given };
  if (!failure && !result) return refused({ kind: 'open' });
  return refused({ kind: 'not_unknown', ...(failure && { reason: failure.reason }) });
}

/** Whether a redrive would try an action again: a decision that was made has taken its failure away. */
const isLeft = (action: ActionRecord): boolean =>
  isOpen(action) && (action.decision === undefined || action.failure !== undefined);

/**
 * The actions whose event is not reopened before they are decided too, by their positions in the plan, from 0. Whoever skips one
 * that a redrive would try again may want to skip all such. (One that was refused for certain is planned afresh in any case.)
 *
 * @param reason Of the failure that was decided about.
 */
export const undecidedActions = (
  { actions = [] }: Pick<CompletionItem, 'actions'>,
  { choice, reason }: { choice: Wish['choice']; reason: Reason | undefined },
): number[] => {
  const isWaiting = choice.kind === 'skip' && !isUndecidedFor(reason) ? isLeft : isUndecided;
  return actions.flatMap((action, position) => (isWaiting(action) ? [position] : []));
};
