import { CLOCK_SKEW, LARGEST_CLOCK_OFFSET, SECOND } from '../../lambda/core/model/index.ts';
import { windowAround } from '../../lambda/core/plan/index.ts';
import { plural } from '../cli/plural.ts';
import { compareEcho } from './echo.ts';
import type { Finding } from './kept.ts';
import { AGES, ASSUMED_SECONDS, type Observed } from './try-api.ts';

/** What the assumptions of `docs/reliability.md` are worth, by what a trial saw; in the order in which they stand there. */
export const judge = (seen: Observed, ages = AGES): Finding[] => [
  judgeTwice(seen),
  ...ages.map((seconds) => judgeLater(seen, seconds)),
  judgeFailed(seen),
  judgeList(seen),
  compareEcho(seen),
  judgeClock(seen),
];

/** The age in seconds at which the key was last seen to be known; 0 if it is not honoured. */
export const knownFor = ({ later }: Observed): number =>
  later.findLast(({ added, isNamed }) => added === 0 && isNamed)?.seconds ?? 0;

const NO_REPEATS = 'set repeatUnanswered: false in stages.ts, and deploy';

function judgeTwice(seen: Observed): Finding {
  const { atOnce, isNamed, failed } = seen;
  const check = 'key-twice';
  if (atOnce === 1 && !isNamed && knownFor(seen) === 0)
    return conflicting(check, 'of two concurrent requests with one key, one', NO_REPEATS);
  if (atOnce === 1 && !isNamed) {
    const text =
      'two concurrent requests with one key: one run, and a 409 that the same key did not get later';
    return { check, state: 'holds', text };
  }
  if (atOnce === 1) return { check, state: 'holds', text: 'two concurrent requests with one key: one run' };
  if (failed.first > 0)
    return { check, state: 'not_tried', text: 'one of the first two requests failed, see key-after-failure' };
  const text = `two concurrent requests with one key: ${atOnce} runs, so the API ignores idempotency keys`;
  return { check, state: 'broken', text, next: NO_REPEATS };
}

function judgeLater({ later }: Observed, seconds: number): Finding {
  const check = `key-${seconds}s`;
  const tried = later.find((each) => each.seconds === seconds);
  if (!tried) return { check, state: 'not_tried', text: 'the key had already failed' };
  const next = seconds > ASSUMED_SECONDS ? `leave idempotencyKeySeconds below ${seconds}` : NO_REPEATS;
  if (tried.added === 0 && !tried.isNamed) return conflicting(check, `the same key after ${seconds} s`, next);
  if (tried.added === 0)
    return { check, state: 'holds', text: `the same key after ${seconds} s: the same run` };
  const text = `the same key after ${seconds} s: another run, so the API had forgotten it by then`;
  return { check, state: seconds > ASSUMED_SECONDS ? 'weak' : 'broken', text, next };
}

/** A 409 may be about the key, or about something else: it does not say whether the API knows the run. */
const conflicting = (check: string, what: string, next: string): Finding => ({
  check,
  state: 'weak',
  text: `${what}: answered with 409 and no run, so it is not known whether the API honours the key`,
  next: `try again; if it stays so, ${next}`,
});

function judgeFailed({ failed, atOnce, unnamed }: Observed): Finding {
  const check = 'key-after-failure';
  if (failed.all === 0)
    return {
      check,
      state: 'not_tried',
      text: 'no request failed, so it is not known whether a key outlives a 5xx',
    };
  const added = (failed.first > 0 ? atOnce - 1 : 0) + (unnamed ?? 0);
  const what = `${plural(failed.all, 'request')} failed and ${failed.all === 1 ? 'was' : 'were'} repeated under the same key`;
  if (added > 0) {
    const text = `${what}: another run, so the API forgets the key of a request that it answers with 5xx`;
    return { check, state: 'broken', text, next: NO_REPEATS };
  }
  if (unnamed !== undefined) return { check, state: 'holds', text: `${what}: the same run` };
  return {
    check,
    state: 'not_tried',
    text: `${what}: only an input that the list shows (--correlate) reveals whether that started another run`,
  };
}

function judgeList(seen: Observed): Finding {
  const { listedAfter } = seen;
  const check = 'list-delay';
  if (listedAfter !== undefined && listedAfter <= ASSUMED_SECONDS * SECOND) {
    const text = `GET /v1/runs showed the run after ${(listedAfter / SECOND).toFixed(1)} s`;
    return { check, state: 'holds', text };
  }
  if (listedAfter === undefined && judgeClock(seen).state === 'broken') {
    const text = 'a lookup would ask for runs of another time than that of this API, see clock';
    return { check, state: 'not_tried', text };
  }
  const text = `GET /v1/runs did not show the run within ${ASSUMED_SECONDS} s: after a lost response it would be started again once its key is forgotten`;
  const next =
    'raise idempotencyKeySeconds, if the key outlives the delay of the list (check with --longest); otherwise ask Cyberdesk';
  return { check, state: 'broken', text, next };
}

/** A lookup asks for a time of creation, and corrects what it asks for by the `Date` header: either may be off. */
function judgeClock({ clock: { byHeader, byRun } }: Observed): Finding {
  const check = 'clock';
  const header = byHeader === undefined ? [] : [{ source: 'its Date header', offset: byHeader }];
  const run = Number.isNaN(byRun) ? [] : [{ source: 'created_at', offset: byRun }];
  const worst = [...run, ...header].toSorted((a, b) => Math.abs(b.offset) - Math.abs(a.offset))[0];
  if (run.length === 0 && Math.abs(byHeader ?? 0) <= LARGEST_CLOCK_OFFSET) {
    const text = 'the run shows no valid created_at, so a lookup cannot compare it';
    return { check, state: 'weak', text, next: 'name an input with correlate in the rules' };
  }
  if (!worst || Math.abs(worst.offset) <= CLOCK_SKEW) {
    const source =
      header.length === 0 ? 'created_at; it sends no Date header' : 'created_at and its Date header';
    return { check, state: 'holds', text: clockInWords({ offset: 0, ...worst, source }) };
  }
  const text = clockInWords(worst);
  const next = 'check the clock of this machine; if it is right, report this to Cyberdesk';
  // As if it had been asked for at once.
  const { createdFrom, createdTo } = windowAround({ first: 0, last: 0 }, byHeader);
  return byRun >= createdFrom && byRun <= createdTo
    ? { check, state: 'weak', text: `${text}; lookups correct up to 10 minutes by the Date header`, next }
    : { check, state: 'broken', text: `${text}: a lookup would not find a run`, next };
}

interface Clock {
  source: string;
  /** How far it is ahead of this machine's, in milliseconds. */
  offset: number;
}

/** A `Date` header is in whole seconds. */
function clockInWords({ source, offset }: Clock): string {
  const seconds = Math.round(Math.abs(offset) / SECOND);
  const differs = seconds <= 1 ? 'agrees with' : `is ${seconds} s ${offset < 0 ? 'behind' : 'ahead of'}`;
  return `the API's clock ${differs} this machine's (${source})`;
}
