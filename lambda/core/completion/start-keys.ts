import { type ActionableEvent, type ActionRecord, actionKey, subjectOf } from '../model/index.ts';
import { isFromBeforeRestore } from './action-states.ts';

/** Far more rounds than one event goes through between a point and the restore to it. */
const MOST_ROUNDS = 100;

/** What the keys of an action's other generations are made of. */
export interface KeyParts {
  /** Account, region and stack name. */
  installation: string;
  event: ActionableEvent;
  /** Sort key of the completion. */
  completion: string;
}

/**
 * The keys under which an action may have started runs: its own. After a restore it may have been refused, planned afresh and
 * started in a round that is on no record any more, so those of other generations are its own as well.
 */
export function startKeys(action: ActionRecord, { installation, event, completion }: KeyParts): string[] {
  const { key, rule, position, generation: own } = action;
  if (!isFromBeforeRestore(action)) return [key];
  const identity = { installation, subject: subjectOf(event).id, completion, rule, position };
  const others = Array.from({ length: MOST_ROUNDS }, (_, round) => [round, own + round]).flat();
  return [...new Set([key, ...others.map((generation) => actionKey({ ...identity, generation }))])];
}
