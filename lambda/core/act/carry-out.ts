import type { Hold, Verdict, Worker } from '../completion/index.ts';
import { fail, isApiCall, isSettled, outcomeOf } from '../completion/index.ts';
import type { ActionRecord, EventItem } from '../model/index.ts';
import { ROLLBACK_WAIT, SECOND } from '../model/index.ts';
import { finishFailed, finishProcessed } from '../process/index.ts';
import { BodyLostError, LaterReleaseError } from '../store/index.ts';
import { announce } from './announce.ts';
import { callCyberdesk, type Rest } from './call-cyberdesk.ts';

/** Does what is open of a claimed completion, and leaves it in order. */
export async function carryOut(worker: Worker, hold: Hold, event: EventItem): Promise<Verdict> {
  const { system, settings } = worker;
  let next = Number.POSITIVE_INFINITY;
  if (!hold.draft.failure) {
    for (const [index, action] of (hold.draft.actions ?? []).entries()) {
      if (isSettled(action)) continue;
      const rest = await attempt(worker, hold, event, index, action);
      if (rest === 'out_of_time') next = Math.min(next, system.now() + SECOND);
      else if (rest) next = Math.min(next, rest.until);
    }
  }
  const outcome = outcomeOf(hold.draft);
  if (outcome.kind === 'open') {
    const until = Number.isFinite(next) ? next : system.now() + settings.lease;
    await hold.leave(until);
    return { kind: 'wait', until };
  }
  await hold.leave();
  return outcome.kind === 'done'
    ? finishProcessed(worker, event)
    : finishFailed(worker, event, outcome.reason, hold.draft.round);
}

async function attempt(
  worker: Worker,
  hold: Hold,
  event: EventItem,
  index: number,
  action: ActionRecord,
): Promise<Rest> {
  const now = worker.system.now();
  if (action.not_before !== undefined && now < action.not_before) return { until: action.not_before };
  // What is not begun by now waits for another invocation.
  if (now >= worker.deadline) return 'out_of_time';
  try {
    return isApiCall(action)
      ? await callCyberdesk(worker, hold, event, index)
      : await announce(worker, hold, event, index);
  } catch (error) {
    if (error instanceof LaterReleaseError) return { until: now + ROLLBACK_WAIT };
    if (!(error instanceof BodyLostError)) throw error;
    hold.change(index, fail(action, action.begun ? 'outcome_unknown' : 'body_lost'));
    return undefined;
  }
}
