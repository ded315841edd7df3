import { type CarriedOut, carryOut } from '../act/index.ts';
import {
  Claim,
  type CompletionDraft,
  firstClaim,
  isSettled,
  needsPlan,
  nextClaim,
  outcomeOf,
  standing,
  type Worker,
} from '../completion/index.ts';
import { type ActionableEvent, completionKeyFor, type Reason, ROLLBACK_WAIT } from '../model/index.ts';
import { type Asked, askRules, keepPlanBodies, needsOf, storeLargePlan } from '../plan/index.ts';
import { LaterReleaseError, loadCompletion } from '../store/index.ts';
import type { Ending } from './finish-event.ts';

/**
 * Claims a completion, plans it and carries it out, as far as it is this worker's turn.
 *
 * @param receives How often the message has been received.
 */
export async function handleCompletion(
  worker: Worker,
  event: ActionableEvent,
  completion: string,
  receives: number,
): Promise<Ending> {
  const { system, settings, gate } = worker;
  const found = await loadCompletion(worker.table, completionKeyFor(event, completion));
  const now = system.now();
  const stands = standing(found, event, now);
  if (stands.kind === 'other') return { kind: 'duplicate', of: stands.owner };
  if (stands.kind !== 'free') return stands;

  const lease = { token: system.token(), until: now + settings.lease };
  const claimed = found ? nextClaim(found, event, lease, now) : firstClaim(event, completion, lease, now);
  // Plan and claim go in one write. But rules that kill their worker must be counted before they are asked again, and
  // a message that was received before and left no plan may be a sign of such rules.
  const isFirst = !found && receives <= 1;
  const { draft, ignored } = isFirst ? await askRules(worker, event, claimed) : { draft: claimed };
  const paused = await gate.waiting();
  if (paused !== undefined && isHeldUp(draft)) {
    await keepPlanBodies(worker, draft);
    return { kind: 'wait', until: paused, because: 'paused' };
  }
  if (outcomeOf(draft).kind === 'done') {
    // There is nothing to do, so this is claimed and done in one write. Without that write, another delivery that asked
    // newer rules could be in the middle of a follow-up, and would find its event finished when it comes back.
    await new Claim(worker, event, found, draft).release();
    return endingOf({ kind: 'done' }, ignored);
  }
  const claim = new Claim(worker, event, found, await storeLargePlan(worker, draft));
  try {
    return await work(claim, isFirst);
  } catch (error) {
    await claim.releaseAfterError();
    throw error;
  }
}

const endingOf = (carriedOut: CarriedOut, ignored: Reason | undefined): Ending =>
  ignored && carriedOut.kind === 'done' ? { kind: 'ignored', reason: ignored } : carriedOut;

async function work(claim: Claim, isFirst: boolean): Promise<Ending> {
  // The first time, the claim goes with the first call's begin. Later it is written by itself, so that whatever kills
  // its worker on the way to a call is counted.
  if (!isFirst) await claim.acquire();
  return planAndCarryOut(claim);
}

async function planAndCarryOut(claim: Claim): Promise<Ending> {
  const { worker, event, completion } = claim;
  if (!needsPlan(completion)) return carryOut(claim);
  let asked: Asked;
  try {
    asked = await askRules(worker, event, completion);
    // Staged first: if the response to this write is lost, the release after the error must not undo the plan.
    claim.stage(await storeLargePlan(worker, asked.draft));
    await claim.commit(claim.completion);
  } catch (error) {
    if (!(error instanceof LaterReleaseError)) throw error;
    const until = worker.system.now() + ROLLBACK_WAIT;
    await claim.release(until);
    return { kind: 'wait', until, because: 'later_release' };
  }
  return endingOf(await carryOut(claim), asked.ignored);
}

/** In a pause, there would be nothing to do but wait: then nothing is written either, and nothing is charged. */
const isHeldUp = (draft: CompletionDraft): boolean => {
  const open = draft.actions?.filter((action) => !isSettled(action)) ?? [];
  return (
    !needsPlan(draft) &&
    !draft.failure &&
    open.length > 0 &&
    open.every((action) => needsOf(action).waitsInPause)
  );
};
