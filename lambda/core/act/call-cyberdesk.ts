import type { Hold, Worker } from '../completion/index.ts';
import { actionBody, begin, fail, postpone, recordRetry, recordStart, succeed } from '../completion/index.ts';
import type { ActionRecord, CallLimit, CallOutcome, EventItem, Started } from '../model/index.ts';
import { ACTION_TIMEOUT, CALL_TIMEOUT } from '../model/index.ts';
import { tellFailure } from '../pause/index.ts';
import { classify } from './classify.ts';
import { doubtOf } from './doubt.ts';
import { lookUp } from './look-up.ts';
import { resolve } from './resolve-placeholders.ts';

type Failed = Extract<CallOutcome<unknown>, { ok: false }>;

/** Why an action is not settled: it may be tried again at `until`; or the invocation's time is up. */
export type Rest = { until: number } | 'out_of_time' | undefined;

/**
 * Carries out one action that calls Cyberdesk. In this order, each step answering a crash after the one before:
 * look up what an earlier attempt left, resolve placeholders, record that an attempt begins (of a retry in the
 * lineage too), check the lease, send, write the lineage of every run, record the result.
 */
export async function callCyberdesk(
  worker: Worker,
  hold: Hold,
  event: EventItem,
  index: number,
): Promise<Rest> {
  const { gate, settings, system } = worker;
  if (!hold.outlives(CALL_TIMEOUT)) return 'out_of_time';
  const admission = await gate.enter();
  if (!admission.open) return { until: admission.until };

  const body = await actionBody(worker, hold, index);
  const run = { id: event.run_id as string, endedAt: endOf(hold) };
  let action = hold.action(index);
  let doubt = action.begun && doubtOf(action.begun, settings.lease);

  if (doubt) {
    const asked = system.now();
    const trace = await lookUp(worker, action, run, body, hold.callLimit(ACTION_TIMEOUT));
    if (trace.kind === 'unanswered') return judge(worker, hold, index, trace.outcome, true);
    await gate.report({ kind: 'answered' });
    if (trace.kind === 'ours') return adopt(worker, hold, index, trace.runIds, true);
    if (trace.kind === 'ambiguous') return giveUp(worker, hold, index, 'outcome_unknown');
    if (asked >= doubt.listedFrom) {
      const [group, another] = trace.groups;
      if (another || (!group && trace.contested)) return giveUp(worker, hold, index, 'outcome_unknown');
      if (group) return adopt(worker, hold, index, group, true);
      // The list is complete and shows nothing: no attempt has had an effect, so this one is the first again.
      const { begun: _none, ...rest } = action;
      action = rest;
      doubt = undefined;
    } else if (asked > doubt.sendBy) return { until: doubt.listedFrom };
  }

  const limit = hold.callLimit(ACTION_TIMEOUT);
  const resolution = await resolve(worker, action, body, settings.sensitiveSecretArns, limit);
  if (resolution.kind === 'unanswered') {
    return putOff(worker, hold, index, resolution.outcome, doubt !== undefined);
  }
  if (resolution.kind === 'refused') {
    // Gone after an attempt began: what that attempt did is not to be had by asking again.
    return giveUp(worker, hold, index, doubt ? 'outcome_unknown' : resolution.reason);
  }

  // A retry counts from its beginning: one whose answer is lost must not let the rules have one more.
  if (action.kind === 'retryRun') await recordRetry(worker, hold, run.id);
  const pins = resolution.pins.length > 0 ? { pins: resolution.pins } : {};
  const begun = begin({ ...action, ...pins }, system.now());
  await hold.record(index, begun);
  // Nothing may come between this check and the call: a worker frozen here must not send after its lease, nor
  // when the key of an earlier attempt may be forgotten.
  const end = Math.min(begun.begun.last + ACTION_TIMEOUT, doubt?.callUntil ?? Number.POSITIVE_INFINITY);
  if (!hold.outlives(CALL_TIMEOUT) || system.now() + CALL_TIMEOUT > end) {
    return runLate(worker, hold, index, action);
  }
  const until = Math.min(hold.callLimit(ACTION_TIMEOUT).until, end);
  const outcome = await send(worker.cyberdesk, action, run.id, resolution.body, { until });
  if (outcome.ok) {
    await gate.report({ kind: 'answered' });
    return adopt(worker, hold, index, outcome.value.runIds, false);
  }
  return judge(worker, hold, index, outcome, doubt !== undefined);
}

const endOf = (hold: Hold): number | undefined => {
  const end = Number(hold.draft.sk.slice('completion#'.length));
  return Number.isNaN(end) ? undefined : end;
};

function send(
  cyberdesk: Worker['cyberdesk'],
  action: ActionRecord,
  runId: string,
  body: string,
  limit: CallLimit,
): Promise<CallOutcome<Started>> {
  if (action.kind === 'startRun') return cyberdesk.createRun(body, action.key, limit);
  if (action.kind === 'startChain') return cyberdesk.createChain(body, action.key, limit);
  return cyberdesk.retryRun(runId, body, action.key, limit);
}

/**
 * The way to the call took too long. Charged, as an action whose files need more time than there is would come
 * back at once for ever; and `before` is what is true again: this attempt was not sent.
 */
async function runLate(worker: Worker, hold: Hold, index: number, before: ActionRecord): Promise<Rest> {
  const mayHaveTakenEffect = before.begun !== undefined;
  const { pins } = hold.action(index);
  const action = { ...before, ...(pins && { pins }) };
  const next = postpone(action, worker.system.now(), { mayHaveTakenEffect, charged: true });
  hold.change(index, next);
  return next.failure ? undefined : { until: next.not_before as number };
}

/** A call was answered by a failure. */
async function judge(
  worker: Worker,
  hold: Hold,
  index: number,
  outcome: Failed,
  unknownBefore: boolean,
): Promise<Rest> {
  const meaning = classify(outcome, unknownBefore);
  if (meaning.kind === 'transient') {
    return putOff(worker, hold, index, outcome, unknownBefore || meaning.mayHaveTakenEffect);
  }
  await worker.gate.report({ kind: 'answered' });
  const reason = meaning.kind === 'unknown' ? 'outcome_unknown' : 'refused';
  return giveUp(worker, hold, index, reason, meaning.status);
}

/** Tries again later. A throttled call is not charged: the pause is nobody's fault. */
async function putOff(
  worker: Worker,
  hold: Hold,
  index: number,
  outcome: Failed,
  mayHaveTakenEffect: boolean,
): Promise<Rest> {
  const { gate, system } = worker;
  await tellFailure(worker, outcome);
  const next = postpone(hold.action(index), system.now(), {
    mayHaveTakenEffect,
    charged: outcome.status !== 429,
  });
  await hold.record(index, next);
  if (next.failure) return undefined;
  return { until: Math.max(next.not_before ?? 0, (await gate.waiting()) ?? system.now()) };
}

async function giveUp(
  worker: Worker,
  hold: Hold,
  index: number,
  reason: Parameters<typeof fail>[1],
  status?: number,
): Promise<Rest> {
  if (reason === 'outcome_unknown') worker.count('OutcomeUnknown');
  hold.change(index, fail(hold.action(index), reason, status));
  return undefined;
}

/**
 * Takes runs for this action's. Their lineage stands before the result, or a follow-up's own completion could be
 * handled without its depth.
 */
async function adopt(
  worker: Worker,
  hold: Hold,
  index: number,
  runIds: string[],
  found: boolean,
): Promise<Rest> {
  const action = hold.action(index);
  for (const runId of action.kind === 'retryRun' ? [] : runIds) {
    if (!(await recordStart(worker, hold, runId, action.key, found))) {
      return giveUp(worker, hold, index, 'outcome_unknown');
    }
  }
  worker.count(found ? 'FollowUpAdopted' : 'FollowUpStarted');
  // Written with the next record, which is the last one for a single follow-up: result and `done` in one write.
  hold.change(
    index,
    succeed(action, { run_ids: runIds, at: worker.system.now(), ...(found && { adopted: true }) }),
  );
  return undefined;
}
