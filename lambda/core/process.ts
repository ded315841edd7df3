import { callCyberdesk, type Rest } from './act.ts';
import { announce } from './announce.ts';
import { BodyLostError, packBody, readBody, writePieces } from './body.ts';
import {
  claim,
  type Draft,
  isApiCall,
  isSettled,
  leave,
  needsPlan,
  outcomeOf,
  standing,
  takePlan,
} from './completion.ts';
import { finishDuplicate, finishFailed, finishProcessed } from './finish.ts';
import { Hold } from './hold.ts';
import { identifyCompletion } from './identify.ts';
import {
  type ActionRecord,
  type CompletionItem,
  completionKey,
  type EventItem,
  eventKey,
  ITEM_VERSION,
  type LineageItem,
  lineageKey,
} from './items.ts';
import { readMessage } from './message.ts';
import { type Plan, plan } from './plan.ts';
import type { EventMessage } from './ports.ts';
import { LostRaceError, save } from './save.ts';
import { MINUTE, SECOND } from './timing.ts';
import { parseJson } from './webhook.ts';
import type { Verdict, Worker } from './worker.ts';

/** A message or item of a later release waits for that release to come back. */
const ROLLBACK_WAIT = 15 * MINUTE;
/** Lost races in one go before the message waits: somebody else is at work on this event. */
const RACES = 4;
/** A plan above this many bytes of bodies is kept in pieces beside its item. */
const LARGE_PLAN_BYTES = 64 * 1024;

export interface Message {
  body: string;
  /** `ApproximateReceiveCount`. */
  receives: number;
}

/**
 * Handles one message to its verdict. The message lives until its event is finished: every way out either waits
 * or leaves the event finished. An error that is thrown is a crash by another name: the message comes back.
 */
export async function processMessage(worker: Worker, message: Message): Promise<Verdict> {
  const { chance, deadLetters } = worker;
  const read = readMessage(message.body);
  if (read.kind === 'from_the_future') return { kind: 'wait', until: chance.now() + ROLLBACK_WAIT };
  if (read.kind === 'garbage') {
    await deadLetters.send(message.body, 'garbage');
    return { kind: 'acknowledge', outcome: 'dead_lettered' };
  }
  for (let races = 0; races < RACES; races += 1) {
    try {
      return await handleEvent(worker, read.message, message);
    } catch (error) {
      // A compare-and-swap was lost, so what was decided on is no longer true: look again from the top.
      if (!(error instanceof LostRaceError)) throw error;
    }
  }
  return { kind: 'wait', until: chance.now() + SECOND + chance.random() * 4 * SECOND };
}

async function handleEvent(
  worker: Worker,
  message: EventMessage,
  { body, receives }: Message,
): Promise<Verdict> {
  const { table, chance, deadLetters } = worker;
  const found = (await table.get(eventKey(message.event))) as EventItem | undefined;
  if (!found) {
    await deadLetters.send(body, 'event_missing');
    return { kind: 'acknowledge', outcome: 'dead_lettered' };
  }
  if (found.v > ITEM_VERSION) return { kind: 'wait', until: chance.now() + ROLLBACK_WAIT };
  const event = isReopened(found, message) ? await reopen(worker, found) : found;
  if (event.state !== 'received') return { kind: 'acknowledge', outcome: 'finished_before' };

  const identified = await identifyCompletion(worker, event);
  if ('until' in identified) return { kind: 'wait', until: identified.until };
  return handleCompletion(worker, identified.event, identified.completion, receives);
}

const isReopened = (event: EventItem, { reopen }: EventMessage) =>
  event.state === 'failed' && reopen === event.failure;

/** A redrive: the event is open again, in a new round. Idempotent, as the round is the failure's number. */
async function reopen({ table, chance }: Worker, event: EventItem): Promise<EventItem> {
  const { ttl: _ttl, finished_at: _end, reason: _reason, ...rest } = event;
  const open = String(event.failure % 8);
  const next = { ...rest, state: 'received' as const, round: event.failure, open };
  return save<EventItem>(table, next, { tag: event.tag }, chance.token());
}

async function handleCompletion(
  worker: Worker,
  event: EventItem,
  completion: string,
  receives: number,
): Promise<Verdict> {
  const { table, chance, gate, settings } = worker;
  const key = completionKey(event.run_id as string, completion);
  const found = (await table.get(key)) as CompletionItem | undefined;
  if (found && found.v > ITEM_VERSION) return { kind: 'wait', until: chance.now() + ROLLBACK_WAIT };
  const now = chance.now();
  const stands = standing(found, event, now);
  if (stands.kind === 'other') return finishDuplicate(worker, event, stands.owner);
  if (stands.kind === 'done') return finishProcessed(worker, event);
  if (stands.kind === 'wait') return stands;

  const lease = { token: chance.token(), until: now + settings.lease };
  let draft = claim(found, event, completion, lease, now);
  // Plan and claim in one write; but a message that has come before without leaving a plan may be one whose
  // rules kill the worker, and must be counted before they are asked again.
  if (!found && receives <= 1) draft = await planned(worker, draft, event, completion);
  const paused = await gate.waiting();
  if (paused !== undefined && onlyCallsLeft(draft)) return { kind: 'wait', until: paused };
  // In a new round the rules are asked first: what was done before says nothing of what they add.
  if (!needsPlan(draft, event) && outcomeOf(draft).kind === 'done') {
    // Nothing to do: claimed and done in one write.
    await Hold.take(worker, found, leave(draft, now, settings.completionRetention));
    return finishProcessed(worker, event);
  }
  const hold = await Hold.take(worker, found, draft);
  if (needsPlan(draft, event)) await hold.write(await planned(worker, draft, event, completion));
  return carryOut(worker, hold, event);
}

/** Nothing would be done in a pause but to wait: then nothing is written either, and nothing charged. */
const onlyCallsLeft = ({ actions, failure }: Draft): boolean => {
  const open = actions?.filter((action) => !isSettled(action)) ?? [];
  return !failure && open.length > 0 && open.every(isApiCall);
};

async function carryOut(worker: Worker, hold: Hold, event: EventItem): Promise<Verdict> {
  const { chance, settings } = worker;
  let next = Number.POSITIVE_INFINITY;
  if (!hold.draft.failure) {
    for (const [index, action] of (hold.draft.actions ?? []).entries()) {
      if (isSettled(action)) continue;
      const rest = await attempt(worker, hold, event, index, action);
      if (rest === 'out_of_time') next = Math.min(next, chance.now() + SECOND);
      else if (rest) next = Math.min(next, rest.until);
    }
  }
  const outcome = outcomeOf(hold.draft);
  if (outcome.kind === 'open') {
    const until = Number.isFinite(next) ? next : chance.now() + settings.lease;
    await hold.leave(until);
    return { kind: 'wait', until };
  }
  await hold.leave();
  return outcome.kind === 'done'
    ? finishProcessed(worker, event)
    : finishFailed(worker, event, outcome.reason);
}

async function attempt(
  worker: Worker,
  hold: Hold,
  event: EventItem,
  index: number,
  action: ActionRecord,
): Promise<Rest> {
  if (action.not_before !== undefined && worker.chance.now() < action.not_before)
    return { until: action.not_before };
  return isApiCall(action) ? callCyberdesk(worker, hold, event, index) : announce(worker, hold, event, index);
}

/** Asks the rules, and takes their plan in. */
async function planned(worker: Worker, draft: Draft, event: EventItem, completion: string): Promise<Draft> {
  const { table, rules, settings } = worker;
  const lineage = (await table.get(lineageKey(event.run_id as string))) as LineageItem | undefined;
  const depth = lineage?.depth ?? 0;
  const retries = lineage?.retried.filter((other) => other !== completion).length ?? 0;
  let made: Plan;
  try {
    const payload = parseJson(await readBody(table, event)) as { run: never };
    const { event_id } = event;
    const { stage, workflowIds, maxFollowUpDepth, installation } = settings;
    const finished = { event_id, run: payload.run, depth, retries, stage, workflowIds };
    made = plan(rules, finished, { installation, completion, maxFollowUpDepth, generation: event.round });
  } catch (error) {
    if (!(error instanceof BodyLostError)) throw error;
    made = { failure: { reason: 'body_lost' } };
  }
  return storeLargePlan(worker, takePlan(draft, made, event, depth, retries));
}

async function storeLargePlan(worker: Worker, draft: Draft): Promise<Draft> {
  const { table, chance, settings } = worker;
  const bytes = draft.actions?.reduce((sum, { body }) => sum + Buffer.byteLength(body ?? ''), 0) ?? 0;
  if (bytes <= LARGE_PLAN_BYTES) return draft;
  const ttl = Math.floor((chance.now() + settings.eventRetention) / 1000);
  const actions = await Promise.all(
    (draft.actions as ActionRecord[]).map(async (action) => {
      if (action.body === undefined) return action;
      const { body, ...rest } = action;
      const packed = await packBody(Buffer.from(body), 0);
      await writePieces(table, chance, packed, ttl);
      return { ...rest, body_ref: { sha256: packed.sha256, pieces: packed.pieces.length } };
    }),
  );
  return { ...draft, actions };
}
