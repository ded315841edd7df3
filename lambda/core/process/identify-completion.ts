import { isUnknownToApi } from '../../cyberdesk/answer-class.ts';
import { parseTime } from '../../cyberdesk/time.ts';
import type { Failing } from '../act/index.ts';
import type { Worker } from '../completion/index.ts';
import {
  type ActionableEvent,
  CALL_TIMEOUT,
  type CallFailure,
  endedAtCompletion,
  MINUTE,
  ownCompletion,
  reportedCompletion,
  SECOND,
  SHORTEST_KEY_LIFETIME,
  unidentifiedOf,
  type WaitReason,
} from '../model/index.ts';
import { reportFailure } from '../pause/index.ts';
import { save } from '../store/index.ts';
import { isUsedUp, postponed } from './unidentified.ts';

/** Delay before the API is asked again when a run ended, if the last try is not charged. */
const ASK_AGAIN = MINUTE;

/** The API shows what has happened after this time at the latest, as `docs/reliability.md` assumes of its lists; until then it is asked this often. */
const SHOWN_WITHIN = SHORTEST_KEY_LIFETIME;
const ASK_SOON = 20 * SECOND;

export type Identification =
  | { kind: 'identified'; event: ActionableEvent; completion: string }
  | { kind: 'wait'; event: ActionableEvent; until: number; because: WaitReason; failing?: Failing }
  | { kind: 'failed'; event: ActionableEvent; reason: 'exhausted'; status?: number; round: number };

/**
 * Which completion an event reports. Its `ended_at` says so. If that is absent, the API is asked until it answers, within
 * the retry budget of an action: the answer is written on the event before anything is claimed, because a later answer may
 * be about a later ending of the run.
 */
export async function identifyCompletion(worker: Worker, event: ActionableEvent): Promise<Identification> {
  const reported = reportedCompletion(event);
  if (reported.kind === 'known') return { kind: 'identified', event, completion: reported.completion };

  const { gate, system } = worker;
  const { not_before: due = 0 } = unidentifiedOf(event) ?? {};
  if (system.now() < due) return { kind: 'wait', event, until: due, because: 'not_due' };
  const admission = await gate.enter();
  if (admission.kind === 'closed') return { kind: 'wait', event, until: admission.until, because: 'paused' };
  try {
    // The admission may have taken long.
    const until = system.now() + CALL_TIMEOUT;
    if (!hasTime(worker)) return { kind: 'wait', event, until, because: 'no_time' };
    return await ask(worker, event, reported.run, until);
  } finally {
    await gate.leave(admission);
  }
}

/** Whether a call may still begin. */
export const hasTime = ({ system, deadline }: Worker): boolean => system.now() + CALL_TIMEOUT <= deadline;

async function ask(
  worker: Worker,
  event: ActionableEvent,
  run: AskedRun,
  until: number,
): Promise<Identification> {
  const asked = await askForEnd(worker, event, run, until);
  if (asked.kind === 'failed') return askLater(worker, event, asked);
  if (asked.kind === 'not_shown') return { ...asked, kind: 'wait', event, because: 'no_answer' };
  const { completion } = asked;
  const { unidentified: _tries, ...rest } = event;
  return {
    kind: 'identified',
    event: await save(worker, { ...rest, completion }, { tag: event.tag }),
    completion,
  };
}

interface AskedRun {
  id: string;
  status: string;
}

/** The completion according to the API. */
async function askForEnd(
  worker: Worker,
  event: ActionableEvent,
  run: AskedRun,
  until: number,
): Promise<{ kind: 'answered'; completion: string } | { kind: 'not_shown'; until: number } | CallFailure> {
  const got = await worker.cyberdesk.getRun(run.id, { until: Math.min(until, worker.deadline) });
  // Another refusal may pass, and a completion that has been identified stays what it is.
  if (got.kind === 'failed' && !isUnknownToApi(got)) return got;
  await worker.gate.report({ kind: 'answered', by: 'read' });
  const end = got.kind === 'answered' ? parseTime(got.value.ended_at) : undefined;
  const isTheSame = got.kind === 'answered' && got.value.status === run.status;
  const isNamed = end !== undefined && isTheSame;
  // A copy of this webhook may have the end, and would then be taken for another completion.
  const left = Date.parse(event.received_at) + SHOWN_WITHIN - worker.system.now();
  // No event is from the future, whatever its time says.
  if (!isNamed && left > 0 && left <= SHOWN_WITHIN)
    return { kind: 'not_shown', until: worker.system.now() + Math.min(left, ASK_SOON) };
  // Without an end that fits, or if the API does not know the run, now and later, the event itself is the completion.
  return { kind: 'answered', completion: isNamed ? endedAtCompletion(end) : ownCompletion(event.event_id) };
}

/** Notes on the event what has failed, for people and for the budget, and has it asked again. */
async function askLater(
  worker: Worker,
  event: ActionableEvent,
  failure: CallFailure,
): Promise<Identification> {
  const { system, gate } = worker;
  const before = unidentifiedOf(event);
  const { round } = event;
  const subject = { id: event.event_id, tries: before?.tries ?? 0, by: 'read' } as const;
  const { charged } = await reportFailure(worker, failure, subject);
  const next = postponed(before, { failure, charged, now: system.now(), round });
  const noted = await save<ActionableEvent>(worker, { ...event, unidentified: next }, { tag: event.tag });
  if (charged && isUsedUp(before)) {
    const { status } = failure;
    const answer = status === undefined ? {} : { status };
    return { kind: 'failed', event: noted, reason: 'exhausted', round, ...answer };
  }
  const failing = { tries: next.tries, failure: next.last_failure };
  const due = next.not_before ?? system.now() + ASK_AGAIN;
  const paused = await gate.waiting();
  // What has been charged is waited for, also beyond a pause.
  if (paused !== undefined && paused >= (next.not_before ?? 0))
    return { kind: 'wait', event: noted, until: paused, because: 'paused', failing };
  return { kind: 'wait', event: noted, until: due, because: 'no_answer', failing };
}
