import { parseTime } from '../../../cyberdesk/time.ts';
import {
  type Begun,
  type CallFailure,
  type CallLimit,
  CLOCK_SKEW,
  type Cyberdesk,
  DATE_PRECISION,
  EFFECT_WITHIN,
  endOf,
  LARGEST_CLOCK_OFFSET,
  type RunSnapshot,
  SANDBOX_SKEW,
} from '../../model/index.ts';

/** A range of time in which runs were created, epoch milliseconds, inclusive. */
export interface Window {
  createdFrom: number;
  createdTo: number;
}

export interface ListedWindow {
  kind: 'listed';
  /** Every run of the workflow that was created within `wide`, and whatever else the API lists. */
  runs: RunSnapshot[];
  /** By our clock with a generous margin, and by the API's own clock: the union of both. */
  wide: Window;
  /** By the API's own clock; `wide` where the API does not say what time it is. */
  narrow: Window;
}

/** Lists per lookup: the first shows the API's clock, which may widen the window, and that clock may move once. */
const LISTS = 3;

/** The API answered, but its list cannot be shown to hold all that the attempts may have started, or is too long to be judged in time. */
export const INCOMPLETE: CallFailure = { kind: 'failed', mayHaveTakenEffect: false, incomplete: true };

/** A run in the list may be what the attempts have started, and what the API shows of it does not say. */
export const UNCLEAR: CallFailure = { kind: 'failed', mayHaveTakenEffect: false, unclear: true };

/** Lists the runs that attempts may have created, over a window that covers them by either clock. */
export async function listWindow(
  cyberdesk: Cyberdesk,
  workflowId: string,
  begun: Begun,
  limit: CallLimit,
): Promise<ListedWindow | CallFailure> {
  let wide = spanOf(begun, { offset: 0, margin: CLOCK_SKEW });
  for (let lists = 0; lists < LISTS; lists += 1) {
    const listed = await cyberdesk.findRuns({ workflowId, ...wide }, limit);
    if (listed.kind === 'failed') return listed;
    const { runs, clockOffset } = listed.value;
    const narrow = windowByOffset(begun, clockOffset) ?? wide;
    // A clock that has been read before may differ by the precision of its header, which the margin allows for.
    if (covers(wide, narrow, lists === 0 ? 0 : DATE_PRECISION)) return { kind: 'listed', runs, wide, narrow };
    wide = unionOf(narrow, wide);
  }
  // A clock that moves with every response: no window is known to cover the attempts.
  return INCOMPLETE;
}

/** Whether a run may have been created in this time: it does not show that it was not. */
export const mayBeCreatedIn = (run: RunSnapshot, window: Window): boolean =>
  parseTime(run.created_at) === undefined || isCreatedIn(run, window);

/** Whether a run shows that it was created in this time. */
export function isCreatedIn(run: RunSnapshot, { createdFrom, createdTo }: Window): boolean {
  const created = parseTime(run.created_at);
  return created !== undefined && created >= createdFrom && created <= createdTo;
}

/** What a lookup asks for once it knows how far the API's clock is ahead; by our clock alone if that is undefined or not to be believed. */
export function windowAround(begun: Begun, clockOffset: number | undefined): Window {
  const wide = spanOf(begun, { offset: 0, margin: CLOCK_SKEW });
  return unionOf(windowByOffset(begun, clockOffset) ?? wide, wide);
}

function windowByOffset(begun: Begun, offset: number | undefined): Window | undefined {
  if (offset === undefined || Math.abs(offset) > LARGEST_CLOCK_OFFSET) return undefined;
  return spanOf(begun, { offset, margin: DATE_PRECISION + SANDBOX_SKEW });
}

/** When attempts may have taken effect, on a clock that is `offset` ahead of ours. */
const spanOf = ({ first, last }: Begun, { offset, margin }: { offset: number; margin: number }): Window => ({
  createdFrom: first + offset - margin,
  createdTo: last + EFFECT_WITHIN + offset + margin,
});

const unionOf = (a: Window, b: Window): Window => ({
  createdFrom: Math.min(a.createdFrom, b.createdFrom),
  createdTo: Math.max(a.createdTo, b.createdTo),
});

const covers = (wide: Window, narrow: Window, slack: number): boolean =>
  narrow.createdFrom >= wide.createdFrom - slack && narrow.createdTo <= wide.createdTo + slack;

/** It was created before the run had ended that it would follow. */
export function isTooEarly({ created_at }: RunSnapshot, completion: string): boolean {
  const created = parseTime(created_at);
  const end = endOf(completion);
  return created !== undefined && end !== undefined && created < end - CLOCK_SKEW;
}
