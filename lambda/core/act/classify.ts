import { classOf } from '../../cyberdesk/answer-class.ts';
import type { CallFailure } from '../model/index.ts';

/**
 * What a failed write to Cyberdesk means.
 *
 * - `refused`: it had no effect and never will as it stands.
 * - `pending`: it was refused, but an earlier attempt may have been served: to be looked up once the list is complete.
 * - `transient`: worth another try, with the same key and the same bytes.
 */
export type Meaning =
  | { kind: 'refused' | 'pending'; status: number }
  | { kind: 'transient'; mayHaveTakenEffect: boolean };

/**
 * @param failure The failed call.
 * @param unknownBefore Whether an earlier attempt of the same action may have taken effect. A refusal then says
 * nothing: the first request may have been served, and this one refused for coming second.
 */
export function classify(failure: CallFailure, unknownBefore: boolean): Meaning {
  const { status, mayHaveTakenEffect, isJson = false, inProgress = false } = failure;
  if (status === undefined) return { kind: 'transient', mayHaveTakenEffect };
  const answer = classOf({ status, isJson, inProgress });
  if (answer === 'conflict') return { kind: 'pending', status };
  if (answer === 'unknown') return { kind: 'transient', mayHaveTakenEffect: true };
  if (answer === 'no_effect') return { kind: 'transient', mayHaveTakenEffect };
  return { kind: unknownBefore || mayHaveTakenEffect ? 'pending' : 'refused', status };
}
