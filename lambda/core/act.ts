import { readPieces } from './body.ts';
import { classify } from './classify.ts';
import { begin, fail, postpone, succeed } from './completion.ts';
import type { Hold } from './hold.ts';
import { type ActionRecord, type EventItem, ITEM_VERSION, type LineageItem, lineageKey } from './items.ts';
import { lookUp } from './look-up.ts';
import type { CallOutcome, Started } from './ports.ts';
import { resolve } from './resolve.ts';
import { LostRaceError, save } from './save.ts';
import { ACTION_TIMEOUT, CALL_TIMEOUT } from './timing.ts';
import type { Worker } from './worker.ts';

type Failed = Extract<CallOutcome<unknown>, { ok: false }>;

/** Why an action is not settled: it may be tried again at `until`; or the invocation's time is up. */
export type Rest = { until: number } | 'out_of_time' | undefined;

/**
 * Carries out one action that calls Cyberdesk. In this order, each step answering a crash after the one before:
 * look up what an earlier attempt left, resolve placeholders, record that an attempt begins, check the lease,
 * send, write the lineage of every run, record the result.
 */
export async function callCyberdesk(
  worker: Worker,
  hold: Hold,
  event: EventItem,
  index: number,
): Promise<Rest> {
  const { cyberdesk, gate, settings, chance } = worker;
  if (!hold.outlives(CALL_TIMEOUT)) return 'out_of_time';
  const admission = await gate.enter();
  if (!admission.open) return { until: admission.until };

  const action = hold.action(index);
  const body = await bodyOf(worker, action);
  const run = { id: event.run_id as string, endedAt: endOf(hold) };

  if (action.begun) {
    const trace = await lookUp(worker, action, run, body, hold.callLimit(ACTION_TIMEOUT));
    if (trace.kind === 'unanswered') return putOff(worker, hold, index, trace.outcome, true);
    await gate.report({ kind: 'answered' });
    if (trace.kind === 'found') return adopt(worker, hold, index, trace.runIds, true);
    if (trace.kind === 'ambiguous') return giveUp(worker, hold, index, 'outcome_unknown');
  }

  const resolution = await resolve(
    worker,
    action,
    body,
    settings.sensitiveSecretArns,
    hold.callLimit(ACTION_TIMEOUT),
  );
  if (resolution.kind === 'unanswered')
    return putOff(worker, hold, index, resolution.outcome, action.begun !== undefined);
  if (resolution.kind === 'refused') {
    // Gone after an attempt began: what that attempt did is not to be had by asking again.
    return giveUp(worker, hold, index, action.begun ? 'outcome_unknown' : resolution.reason);
  }

  await hold.record(
    index,
    begin({ ...action, ...(resolution.pins.length > 0 && { pins: resolution.pins }) }, chance.now()),
  );
  // Nothing may come between this check and the call: a worker frozen here must not send after its lease.
  if (!hold.outlives(CALL_TIMEOUT)) return 'out_of_time';
  const outcome = await send(cyberdesk, action, run.id, resolution.body, hold.callLimit(ACTION_TIMEOUT));
  if (outcome.ok) {
    await gate.report({ kind: 'answered' });
    return adopt(worker, hold, index, outcome.value.runIds, false);
  }
  return judge(worker, hold, index, outcome, action.begun !== undefined);
}

const endOf = (hold: Hold): number | undefined => {
  const end = Number(hold.draft.sk.slice('completion#'.length));
  return Number.isNaN(end) ? undefined : end;
};

async function bodyOf({ table }: Worker, { body, body_ref }: ActionRecord): Promise<string> {
  if (body_ref)
    return Buffer.from(await readPieces(table, body_ref.sha256, body_ref.pieces)).toString('utf8');
  return body ?? '{}';
}

function send(
  cyberdesk: Worker['cyberdesk'],
  action: ActionRecord,
  runId: string,
  body: string,
  limit: { until: number },
): Promise<CallOutcome<Started>> {
  if (action.kind === 'startRun') return cyberdesk.createRun(body, action.key, limit);
  if (action.kind === 'startChain') return cyberdesk.createChain(body, action.key, limit);
  return cyberdesk.retryRun(runId, body, action.key, limit);
}

/** A write was answered by a failure. */
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
  return giveUp(
    worker,
    hold,
    index,
    meaning.kind === 'unknown' ? 'outcome_unknown' : 'refused',
    meaning.status,
  );
}

/** Tries again later. A throttled call is not charged: the pause is nobody's fault. */
async function putOff(
  worker: Worker,
  hold: Hold,
  index: number,
  outcome: Failed,
  mayHaveTakenEffect: boolean,
): Promise<Rest> {
  const { gate, chance, count } = worker;
  const throttled = outcome.status === 429;
  const { retryAfterMs } = outcome;
  const paused = await gate.report(throttled ? { kind: 'throttled', retryAfterMs } : { kind: 'failed' });
  if (paused) count('CyberdeskPaused');
  if (outcome.keyNotSet) count('ApiKeyNotSet');
  else if (outcome.status === 401 || outcome.status === 403) count('ApiKeyRejected');
  const next = postpone(hold.action(index), chance.now(), { mayHaveTakenEffect, charged: !throttled });
  await hold.record(index, next);
  const pausedUntil = await gate.waiting();
  const until = Math.max(next.not_before ?? 0, pausedUntil ?? 0);
  return next.failure ? undefined : { until };
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
 * Takes runs for this action's. The conditional put of their lineage is the adoption, so a run belongs to one
 * action; it stands before the result, or a follow-up's own completion could be handled without its depth.
 */
async function adopt(
  worker: Worker,
  hold: Hold,
  index: number,
  runIds: string[],
  found: boolean,
): Promise<Rest> {
  const action = hold.action(index);
  const isRetry = action.kind === 'retryRun';
  for (const runId of runIds) {
    const owned = isRetry
      ? await recordRetry(worker, hold, runId)
      : await recordStart(worker, hold, runId, action.key);
    if (!owned) return giveUp(worker, hold, index, 'outcome_unknown');
  }
  worker.count(found ? 'FollowUpAdopted' : 'FollowUpStarted');
  // Written with the next record, which is the last one for a single follow-up: result and `done` in one write.
  hold.change(
    index,
    succeed(action, { run_ids: runIds, at: worker.chance.now(), ...(found && { adopted: true }) }),
  );
  return undefined;
}

async function recordStart(worker: Worker, hold: Hold, runId: string, action: string): Promise<boolean> {
  const { pk, sk, depth } = hold.draft;
  const start = { action, parent: `${pk} ${sk}`, depth: depth + 1 };
  const written = await changeLineage(worker, runId, (found) =>
    found?.action === undefined ? { retried: [], ...found, ...start } : found,
  );
  return written.action === action;
}

async function recordRetry(worker: Worker, hold: Hold, runId: string): Promise<boolean> {
  const { sk, depth } = hold.draft;
  await changeLineage(worker, runId, (found) => {
    const retried = found?.retried ?? [];
    return { depth, ...found, retried: retried.includes(sk) ? retried : [...retried, sk] };
  });
  return true;
}

type LineageDraft = Pick<LineageItem, 'depth' | 'retried'> & Partial<LineageItem>;

async function changeLineage(
  { table, chance, settings }: Worker,
  runId: string,
  change: (found: LineageItem | undefined) => LineageDraft,
): Promise<LineageItem> {
  let found: LineageItem | undefined;
  for (;;) {
    const next = change(found);
    if (found && next === found) return found;
    const ttl = Math.floor((chance.now() + settings.completionRetention) / 1000);
    const item = { ...next, ...lineageKey(runId), v: ITEM_VERSION, ttl };
    try {
      return await save<LineageItem>(table, item, found ? { tag: found.tag } : 'absent', chance.token());
    } catch (error) {
      if (!(error instanceof LostRaceError)) throw error;
      found = error.found as LineageItem | undefined;
    }
  }
}
