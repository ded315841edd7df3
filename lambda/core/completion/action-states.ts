import {
  type ActionFailure,
  type ActionRecord,
  type ActionResult,
  type Begun,
  CLOCK_SKEW,
  type Decision,
  endOf,
  type FenceItem,
  isDefinite,
  type LastFailure,
  PATIENCE,
  type Reason,
  retryDelay,
} from '../model/index.ts';

/** The states of one action, as pure functions from one record to the next. */

export const isSettled = (action: ActionRecord): boolean =>
  action.result !== undefined || action.failure !== undefined;

/** Refused for certain: a redrive plans it afresh. */
export const isRefused = ({ failure }: ActionRecord): boolean =>
  failure !== undefined && isDefinite(failure.reason);

/** An attempt is about to be sent. Recorded before the call, because a crash would hide that there was one. */
export function begin(action: ActionRecord, now: number): ActionRecord & { begun: Begun } {
  return { ...action, begun: { first: action.begun?.first ?? now, last: now } };
}

/** Drops what only an open action needs. Its body holds payload. */
function settle(action: ActionRecord): ActionRecord {
  const {
    body: _body,
    body_ref: _ref,
    placeholders: _what,
    pins: _pins,
    not_before: _wait,
    pending: _status,
    answered: _before,
    ...rest
  } = action;
  return rest;
}

export const succeed = (action: ActionRecord, result: ActionResult): ActionRecord => ({
  ...settle(action),
  result,
});

/** A redrive plans a definite refusal afresh; after any other failure the body is kept, to send the same bytes. */
export function fail(
  action: ActionRecord,
  reason: Reason,
  answer: Omit<ActionFailure, 'reason'> = {},
): ActionRecord {
  // A redrive of an unknown outcome looks up first; that finds nothing pending, so that it may send again. The status stays
  // with the failure, as it shows a person how the call was answered last.
  const { pending, answered, ...kept } = action;
  const status = reason === 'outcome_unknown' ? (pending ?? answered) : undefined;
  const base = isDefinite(reason) ? settle(action) : kept;
  return { ...base, failure: { reason, ...(status !== undefined && { status }), ...answer } };
}

/** When an action may have been carried out that is on no record. Epoch milliseconds. */
type LostSpan = Pick<FenceItem, 'from' | 'until'>;

/** Between the point to which the table was restored and the restore, and not before the run had ended that the action follows. */
export function lostSpan({ from, until }: LostSpan, completion: string): LostSpan {
  const end = endOf(completion) ?? Number.NEGATIVE_INFINITY;
  return { from: Math.min(Math.max(from, end - CLOCK_SKEW), until - 1), until };
}

/**
 * The table was restored, and between the two times this action may have been carried out: a person decides.
 *
 * @param isCall Whether it calls Cyberdesk. Then a redrive looks up what may have been started, as after an attempt
 * without a response that was made between the two times.
 */
export function holdBack(action: ActionRecord, { from, until }: LostSpan, isCall: boolean): ActionRecord {
  const held = { ...fail(action, 'restored'), fence: until };
  if (!isCall) return held;
  const { first = from, last = until } = action.begun ?? {};
  return { ...held, begun: { first: Math.min(first, from), last: Math.max(last, until) } };
}

/**
 * What is planned afresh in place of an action that was refused has been held back with it. But the other's request was looked up, and
 * not this one: it may have been sent at that time, by the rules that apply again by now.
 */
export const lookedUpFirst = (action: ActionRecord, { from, until }: LostSpan): ActionRecord =>
  action.begun || action.decision || action.tries > 0
    ? action
    : { ...action, begun: { first: from, last: until } };

/**
 * The table was restored to a point before an attempt that may have been made. What was recorded after that point is lost: under
 * which key the action was started, and by which rules it was planned.
 */
export const isFromBeforeRestore = ({ begun, fence = 0 }: Pick<ActionRecord, 'begun' | 'fence'>): boolean =>
  begun !== undefined && begun.first < fence;

/** It was not done for certain, and may still be: as it is, or by a redrive. */
export const isOpen = (action: ActionRecord): boolean => action.result === undefined && !isRefused(action);

/** Only a person can find out whether it was done. */
export const isUndecided = ({ failure }: ActionRecord): boolean => isUndecidedFor(failure?.reason);

export const isUndecidedFor = (reason: Reason | undefined): boolean =>
  reason === 'outcome_unknown' || reason === 'restored';

/** A person decided that these runs are the action's result; none if it is left out. */
export function conclude(action: ActionRecord, decision: Decision, runIds: string[]): ActionRecord {
  const { failure: _unknown, ...open } = action;
  return { ...succeed(open, { run_ids: runIds, at: decision.at }), decision };
}

/** A person decided that the action is carried out once more, whatever an earlier attempt has started. */
export function startAgain(action: ActionRecord, decision: Decision, generation: number): ActionRecord {
  const {
    begun: _lost,
    failure: _unknown,
    // Those of another request; this one reads the secrets and attachments of today.
    pins: _pins,
    not_before: _wait,
    ...planned
  } = action;
  return { ...planned, generation, tries: 0, delayed: 0, decision };
}

export interface FailedTry {
  /** This attempt, or an earlier one, may have taken effect. */
  mayHaveTakenEffect: boolean;
  /** Whether it counts against the retry budget; throttled tries (a pause) do not. */
  charged: boolean;
  /** What it failed with; absent if there was no time for it. */
  failure?: Omit<LastFailure, 'at'> | undefined;
  /** Reason of the failure when that budget is used up. */
  exhausted: 'exhausted' | 'outcome_unknown';
}

/** Postpones an action after a failed try, or fails it when its retry budget is used up. */
export function postpone(
  action: ActionRecord,
  now: number,
  { mayHaveTakenEffect, charged, exhausted, failure }: FailedTry,
): ActionRecord {
  const { begun, ...rest } = action;
  // An attempt that certainly did nothing leaves nothing to look for, unless an earlier one may have.
  const left = {
    ...rest,
    ...(mayHaveTakenEffect && begun && { begun }),
    ...(failure && { last_failure: { ...failure, at: now } }),
  };
  if (!charged) return left;
  if (action.delayed >= PATIENCE) return fail(left, exhausted);
  const delay = retryDelay(action.tries);
  return { ...left, tries: action.tries + 1, delayed: action.delayed + delay, not_before: now + delay };
}
