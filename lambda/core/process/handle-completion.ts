import { carryOut } from '../act/index.ts';
import type { Verdict, Worker } from '../completion/index.ts';
import {
  claim,
  type Draft,
  Hold,
  isApiCall,
  isSettled,
  leave,
  needsPlan,
  outcomeOf,
  standing,
  storeLargePlan,
} from '../completion/index.ts';
import { type CompletionItem, completionKey, type EventItem, ROLLBACK_WAIT } from '../model/index.ts';
import { askRules } from '../plan/index.ts';
import { LaterReleaseError, load } from '../store/index.ts';
import { finishDuplicate, finishProcessed } from './finish-event.ts';

/**
 * Claims a completion, plans it, and carries it out, as far as it is this worker's turn.
 *
 * @param receives How often the message has come.
 */
export async function handleCompletion(
  worker: Worker,
  event: EventItem,
  completion: string,
  receives: number,
): Promise<Verdict> {
  const { table, system, gate, settings } = worker;
  const found = await load<CompletionItem>(table, completionKey(event.run_id as string, completion));
  const now = system.now();
  const stands = standing(found, event, now);
  if (stands.kind === 'other') return finishDuplicate(worker, event, stands.owner);
  if (stands.kind === 'done') return finishProcessed(worker, event);
  if (stands.kind === 'wait') return stands;

  const lease = { token: system.token(), until: now + settings.lease };
  let draft = claim(found, event, completion, lease, now);
  // Plan and claim in one write; but a message that has come before without leaving a plan may be one whose
  // rules kill the worker, and must be counted before they are asked again.
  const isFirst = !found && receives <= 1;
  if (isFirst) draft = await askRules(worker, draft, event, completion);
  const paused = await gate.waiting();
  if (paused !== undefined && onlyCallsLeft(draft)) return { kind: 'wait', until: paused };
  if (outcomeOf(draft).kind === 'done') {
    // Nothing to do: claimed and done in one write. Without it, another delivery that asked newer rules could be in
    // the middle of a follow-up, and would find its event finished when it comes back.
    await Hold.of(worker, found, leave(draft, now, settings.completionRetention)).secure();
    return finishProcessed(worker, event);
  }
  const hold = Hold.of(worker, found, await storeLargePlan(worker, draft));
  // The first time, the claim goes with the first call's begin. Later it stands by itself, so that what kills its
  // worker on the way to a call is counted.
  if (!isFirst) await hold.secure();
  if (needsPlan(draft)) {
    try {
      await hold.write(await storeLargePlan(worker, await askRules(worker, draft, event, completion)));
    } catch (error) {
      if (!(error instanceof LaterReleaseError)) throw error;
      const until = system.now() + ROLLBACK_WAIT;
      await hold.leave(until);
      return { kind: 'wait', until };
    }
  }
  return carryOut(worker, hold, event);
}

/** Nothing would be done in a pause but to wait: then nothing is written either, and nothing charged. */
const onlyCallsLeft = (draft: Draft): boolean => {
  const open = draft.actions?.filter((action) => !isSettled(action)) ?? [];
  return !needsPlan(draft) && !draft.failure && open.length > 0 && open.every(isApiCall);
};
