import { isRefusedRead } from '../../cyberdesk/answer-class.ts';
import { parseTime } from '../../cyberdesk/time.ts';
import type { Worker } from '../completion/index.ts';
import {
  type ActionableEvent,
  CALL_TIMEOUT,
  endedAtCompletion,
  MINUTE,
  ownCompletion,
  reportedCompletion,
  type WaitReason,
} from '../model/index.ts';
import { reportFailure } from '../pause/index.ts';
import { save } from '../store/index.ts';

/** Delay before the API is asked again when a run ended. */
const ASK_AGAIN = MINUTE;

export type Identification =
  | { kind: 'identified'; event: ActionableEvent; completion: string }
  | { kind: 'wait'; until: number; because: WaitReason };

/**
 * Which completion an event reports. Its `ended_at` says so. If that is absent, the API is asked once: the answer is
 * written on the event before anything is claimed, because a later answer may be about a later ending of the run.
 */
export async function identifyCompletion(worker: Worker, event: ActionableEvent): Promise<Identification> {
  const reported = reportedCompletion(event);
  if (reported.kind === 'known') return { kind: 'identified', event, completion: reported.completion };

  const { gate, system, deadline } = worker;
  const until = system.now() + CALL_TIMEOUT;
  if (until > deadline) return { kind: 'wait', until, because: 'no_time' };
  const admission = await gate.enter();
  if (admission.kind === 'closed') return { kind: 'wait', until: admission.until, because: 'paused' };
  const completion = await askForEnd(worker, event, reported.run, until);
  if (completion === undefined) {
    const paused = await gate.waiting();
    if (paused !== undefined) return { kind: 'wait', until: paused, because: 'paused' };
    return { kind: 'wait', until: system.now() + ASK_AGAIN, because: 'no_answer' };
  }
  const next = { ...event, completion };
  return { kind: 'identified', event: await save(worker, next, { tag: event.tag }), completion };
}

/** The completion according to the API; undefined if it did not answer. */
async function askForEnd(
  worker: Worker,
  event: ActionableEvent,
  run: { id: string; status: string },
  until: number,
): Promise<string | undefined> {
  const got = await worker.cyberdesk.getRun(run.id, { until: Math.min(until, worker.deadline) });
  if (got.kind === 'failed' && !isRefusedRead(got)) {
    // Nothing is stored about a failed try: a write per try would cost more than it is worth, and receives also count
    // pauses. So how often this event has failed is known per sandbox only, which sees it again within minutes.
    await reportFailure(worker, got, { id: event.event_id, tries: 0 });
    return undefined;
  }
  await worker.gate.report({ kind: 'answered', by: 'read' });
  const end = got.kind === 'answered' ? parseTime(got.value.ended_at) : undefined;
  const isTheSame = got.kind === 'answered' && got.value.status === run.status;
  // Without an end that fits, or if the API has refused the question for good (above all because it does not know the run),
  // the event itself is the completion.
  return end !== undefined && isTheSame ? endedAtCompletion(end) : ownCompletion(event.event_id);
}
