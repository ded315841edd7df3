import { type ActionClaim, begin } from '../completion/index.ts';
import { ACTION_TIMEOUT, CALL_TIMEOUT } from '../model/index.ts';
import { type ApiCall, actionBody, keepActionBody } from '../plan/index.ts';
import type { Attempt } from './attempt.ts';
import { type ActionOutcome, concludeFailure, expired, OUT_OF_TIME, succeedWith } from './conclude.ts';
import { prepare } from './prepare.ts';
import { settleDoubt } from './settle-doubt.ts';

/**
 * Carries out one action that calls Cyberdesk. In this order, each step answering a crash after the one before:
 * look up what an earlier attempt left, resolve placeholders, record that an attempt begins (of a retry, in the
 * lineage too), check the lease, send, write the lineage of every run, record the result.
 */
export async function callCyberdesk(action: ActionClaim, api: ApiCall): Promise<ActionOutcome> {
  const { claim, worker } = action;
  if (!claim.outlives(CALL_TIMEOUT)) return OUT_OF_TIME;
  const admission = await worker.gate.enter();
  if (admission.kind === 'closed') {
    await keepActionBody(action);
    return { kind: 'retry', until: admission.until, because: 'paused' };
  }
  try {
    return await admitted(action, api);
  } finally {
    await worker.gate.leave(admission);
  }
}

async function admitted(action: ActionClaim, api: ApiCall): Promise<ActionOutcome> {
  const body = await actionBody(action);
  const { record, keys, event, claim } = action;
  const call = { record, body, event, completion: claim.completion.sk, keys };
  const settled = await settleDoubt(action, api, call);
  if (settled.kind === 'concluded') return settled.outcome;
  const prepared = await prepare(action, settled.attempt);
  if (prepared.kind === 'concluded') return prepared.outcome;
  return send(action, api, prepared.attempt);
}

async function send(action: ActionClaim, api: ApiCall, { call, doubt }: Attempt): Promise<ActionOutcome> {
  const { claim, worker } = action;
  const { gate, system, cyberdesk } = worker;
  await api.recordAttempt?.(action);
  const begun = begin(call.record, system.now());
  await action.commit(begun);
  // Nothing may come between this check and the call: a worker frozen here must not send after its lease, nor
  // when the key of an earlier attempt may have been forgotten.
  const end = Math.min(begun.begun.last + ACTION_TIMEOUT, doubt?.callUntil ?? Number.POSITIVE_INFINITY);
  if (!claim.outlives(CALL_TIMEOUT) || system.now() + CALL_TIMEOUT > end) return expired(action, call.record);
  const limit = { until: Math.min(claim.limit(ACTION_TIMEOUT).until, end) };
  const outcome = await api.send(cyberdesk, call, limit);
  if (outcome.kind === 'failed') return concludeFailure(action, outcome, doubt !== undefined);
  // Results first: whatever the gate costs must not leave a run that was started in doubt.
  const concluded = await succeedWith(action, api, { runIds: outcome.value.runIds, found: false });
  await gate.report({ kind: 'answered', by: 'write', rule: action.record.rule });
  return concluded;
}
