import {
  type CallFailure,
  failureSeen,
  MINUTE,
  PATIENCE,
  retryDelay,
  type Unidentified,
} from '../model/index.ts';

/** The shortest delay: each try writes the event. */
const SHORTEST_DELAY = MINUTE;

/** The tries to identify a completion after one more that has failed. Throttled ones, and those of a missing key, are not charged. */
export function postponed(
  before: Unidentified | undefined,
  { failure, charged, now, round }: { failure: CallFailure; charged: boolean; now: number; round: number },
): Unidentified {
  const { tries, delayed } = before ?? { tries: 0, delayed: 0 };
  const last_failure = { ...failureSeen(failure), at: now };
  if (!charged || isUsedUp(before)) return { tries, delayed, last_failure, round };
  const delay = Math.max(SHORTEST_DELAY, retryDelay(tries));
  return { tries: tries + 1, delayed: delayed + delay, not_before: now + delay, last_failure, round };
}

/** Whether the retry budget of an action has been spent. */
export const isUsedUp = (before: Unidentified | undefined): boolean =>
  before !== undefined && before.delayed >= PATIENCE;
