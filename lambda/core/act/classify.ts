import type { CallFailure } from '../model/index.ts';

/**
 * What a failed write to Cyberdesk means.
 *
 * - `refused`: it had no effect and never will as it stands.
 * - `unknown`: it may or may not have had an effect; a person has to decide.
 * - `transient`: worth another try, with the same key and the same bytes.
 */
export type Meaning =
  | { kind: 'refused' | 'unknown'; status: number }
  | { kind: 'transient'; mayHaveTakenEffect: boolean };

/** Whether another try may succeed. A refused key counts: sooner or later the right one is set. */
export const isTransient = (status: number | undefined): boolean =>
  status === undefined || status >= 500 || [401, 403, 408, 429].includes(status);

/**
 * @param failure The failed call.
 * @param unknownBefore Whether an earlier attempt of the same action may have taken effect. A refusal then says
 * nothing: the first request may have been served, and this one refused for coming second.
 */
export function classify(failure: CallFailure, unknownBefore: boolean): Meaning {
  const { status, mayHaveTakenEffect } = failure;
  const inProgress = status === 409 && failure.inProgress === true;
  if (status === undefined || inProgress || isTransient(status)) {
    return { kind: 'transient', mayHaveTakenEffect };
  }
  // A conflict that is not about a request in progress: the key was used for another request, or the run has moved on.
  if (status === 409 || unknownBefore || mayHaveTakenEffect) return { kind: 'unknown', status };
  return { kind: 'refused', status };
}
