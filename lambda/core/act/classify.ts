import type { CallOutcome } from '../model/index.ts';

type Failed = Extract<CallOutcome<unknown>, { ok: false }>;

/**
 * What a failed write to Cyberdesk means.
 *
 * - `refused`: it took no effect and never will as it stands.
 * - `unknown`: nobody can say whether it took effect; a person decides.
 * - `transient`: worth another try, with the same key and the same bytes.
 */
export type Meaning =
  | { kind: 'refused' | 'unknown'; status: number }
  | { kind: 'transient'; mayHaveTakenEffect: boolean };

/** Statuses that another try may better. A refused key counts: somebody will set the right one. */
const isTransient = (status: number): boolean => status >= 500 || [401, 403, 408, 429].includes(status);

/**
 * @param outcome The failed call.
 * @param unknownBefore Whether an earlier attempt of the same action may have taken effect. A refusal then says
 * nothing: the first request may have been served, and this one refused for coming second.
 */
export function classify(outcome: Failed, unknownBefore: boolean): Meaning {
  const { status, mayHaveTakenEffect } = outcome;
  const inProgress = status === 409 && outcome.inProgress === true;
  if (status === undefined || inProgress || isTransient(status)) {
    return { kind: 'transient', mayHaveTakenEffect };
  }
  // A conflict that is not about a request in progress: somebody used the key, or the run has moved on.
  if (status === 409 || unknownBefore || mayHaveTakenEffect) return { kind: 'unknown', status };
  return { kind: 'refused', status };
}
