import { DAY, HOUR, MINUTE, SECOND } from '../../cyberdesk/time.ts';

export { DAY, HOUR, MINUTE, SECOND };

/** One attempt of a call to Cyberdesk. */
export const CALL_TIMEOUT = 10 * SECOND;
/** One action's call with its in-call retries. */
export const ACTION_TIMEOUT = 30 * SECOND;
/** Nothing that an attempt has sent takes effect later than this after its beginning. */
export const EFFECT_WITHIN = ACTION_TIMEOUT + CALL_TIMEOUT;
/** How long a worker has a completion to itself; the stack sets it. */
export const LEASE = MINUTE;
/**
 * Idempotency keys have to live at least this long: a worker sends until its lease ends, and the last response may be
 * lost.
 */
export const SHORTEST_KEY_LIFETIME = LEASE + CALL_TIMEOUT;
/** What an invocation reserves of its timeout to record what it has done: for `BORROWED_TIME`, and two writes that hang. */
export const RECORDING_TIME = 25 * SECOND;

/** Bounds of the growing delay between the tries of one action. */
const FIRST_DELAY = 5 * SECOND;
const LONGEST_DELAY = HOUR;
/** An action whose charged delays add up to this has used up its retry budget and fails as `exhausted`. */
export const PATIENCE = DAY;

export const retryDelay = (tries: number): number =>
  Math.min(FIRST_DELAY * 2 ** Math.min(tries, 30), LONGEST_DELAY);

/** The service level: an event is to be finished within this, unless a pause holds it up. */
export const ON_TIME = 5 * MINUTE;

/** The longest pause, whatever `Retry-After` says or an item holds. */
export const LONGEST_PAUSE = 15 * MINUTE;

/** The longest visibility timeout of SQS (12 h), less the time that a batch may have used up already. */
export const LONGEST_WAIT = 11 * HOUR;

/** Our clocks and Cyberdesk's may differ by this much. */
export const CLOCK_SKEW = MINUTE;
/** A `Date` header has whole seconds, and took a moment to arrive. */
export const DATE_PRECISION = 2 * SECOND;
/** A `Date` header that is further off than this is not the time of day. */
export const LARGEST_CLOCK_OFFSET = 10 * MINUTE;
/** Clocks of two sandboxes may differ by this much; Amazon's time service keeps them much closer. */
export const SANDBOX_SKEW = 5 * SECOND;

/** After a rollback, messages and items of the later release wait this long before they are tried again. */
export const ROLLBACK_WAIT = 15 * MINUTE;

/** How far the first census of a stage looks back: nothing is delivered for longer, and the sweeper may not have run for weeks. */
export const FIRST_LOOK_BACK = 90 * DAY;

/** After this many crashes in a row an event fails, and a person has to look at it. */
export const MAX_CRASHES = 5;

/** Value of an item's `ttl` attribute, in epoch seconds, for an expiry `duration` milliseconds after `now`. */
export const ttlAfter = (now: number, duration: number): number => Math.floor((now + duration) / SECOND);
