import type { CallOutcome } from './ports.ts';

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
  | { kind: 'transient'; mayHaveTakenEffect: boolean; throttled: boolean; keyRejected: boolean };

/**
 * @param outcome The failed call.
 * @param unknownBefore Whether an earlier attempt of the same action may have taken effect. A refusal then says
 * nothing: the first request may have been served, and this one refused for coming second.
 */
export function classify(outcome: Failed, unknownBefore: boolean): Meaning {
  const { status, mayHaveTakenEffect } = outcome;
  const throttled = status === 429;
  const keyRejected = status === 401 || status === 403 || outcome.keyNotSet === true;
  const inProgress = status === 409 && outcome.inProgress === true;
  if (status === undefined || status >= 500 || status === 408 || throttled || keyRejected || inProgress) {
    return { kind: 'transient', mayHaveTakenEffect, throttled, keyRejected };
  }
  // A conflict that is not about a request in progress: somebody used the key, or the run has moved on.
  if (status === 409 || unknownBefore || mayHaveTakenEffect) return { kind: 'unknown', status };
  return { kind: 'refused', status };
}
