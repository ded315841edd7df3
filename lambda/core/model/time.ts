/** Durations in milliseconds. */
export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** One attempt of a call to Cyberdesk. */
export const CALL_TIMEOUT = 10 * SECOND;
/** One action's call with its in-call retries. */
export const ACTION_TIMEOUT = 30 * SECOND;
/** What an invocation keeps back of its time-out to record what it has done. */
export const RECORDING_TIME = 15 * SECOND;

/** Growing delay between the tries of one action. */
const FIRST_DELAY = 5 * SECOND;
const LONGEST_DELAY = HOUR;
/** An action whose charged delays add up to this has had its system. */
export const PATIENCE = DAY;

export const retryDelay = (tries: number): number =>
  Math.min(FIRST_DELAY * 2 ** Math.min(tries, 30), LONGEST_DELAY);

/** No pause reaches further ahead, whatever `Retry-After` says. */
export const LONGEST_PAUSE = 15 * MINUTE;

/** Longest visibility time-out that SQS takes (12 h), less the time that a batch may have used up. */
export const LONGEST_WAIT = 11 * HOUR;

/** Our clocks and Cyberdesk's may differ by this much. */
export const CLOCK_SKEW = MINUTE;
/** Clocks of two sandboxes may differ by this much; Amazon's time service keeps them far closer. */
export const SANDBOX_SKEW = 5 * SECOND;

/** A message or item of a later release waits this long for that release to come back. */
export const ROLLBACK_WAIT = 15 * MINUTE;

/** Crashes after which a person must look. */
export const MAX_CRASHES = 5;
