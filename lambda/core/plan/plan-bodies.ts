import {
  type ActionClaim,
  type CompletionDraft,
  isSettled,
  keptFor,
  type Worker,
} from '../completion/index.ts';
import { type ActionRecord, type BodyReference, DAY, type Table } from '../model/index.ts';
import { packBody, readPieces, renewPieces, type Store, writePieces } from '../store/index.ts';
import { needsOf } from './kinds/index.ts';

/** A plan with more than this many bytes of bodies is stored in pieces beside its item. */
export const LARGE_PLAN_BYTES = 64 * 1024;
/** Unfinished work keeps its pieces for at least this long, unless bodies are kept for less; a dead-letter message lives for 14 days. */
export const KEEP_AHEAD = 30 * DAY;
/** No stage keeps bodies for less. */
const LEAST_RETENTION = 14 * DAY;

/** Stores the bodies of a large plan, before the item that names them. */
export async function storeLargePlan(worker: Worker, draft: CompletionDraft): Promise<CompletionDraft> {
  const { system, settings } = worker;
  const bytes = draft.actions?.reduce((sum, { body }) => sum + Buffer.byteLength(body ?? ''), 0) ?? 0;
  if (bytes <= LARGE_PLAN_BYTES) return draft;
  // They hold payload, so they are kept for no longer than the events'.
  const until = system.now() + settings.bodyRetention;
  const actions: ActionRecord[] = [];
  for (const action of draft.actions ?? []) {
    const { body, ...rest } = action;
    if (body === undefined || !needsOf(action).bodyInPieces) actions.push(action);
    else actions.push({ ...rest, body_ref: await storeBody(worker, body, { owner: 'plan', until }) });
  }
  return withStoredBodies({ ...draft, actions });
}

/** A person may have many plans made of one completion, whose item must not grow without end; older bodies expire. */
const MOST_BODIES = 200;

/** Remembers which bodies were stored: settled actions no longer name theirs. */
export function withStoredBodies<T extends Pick<CompletionDraft, 'actions' | 'bodies'>>(draft: T): T {
  const stored = (draft.actions ?? []).flatMap(({ body_ref: ref }) =>
    ref?.owner === 'plan' ? [{ sha256: ref.sha256, pieces: ref.pieces }] : [],
  );
  const known = draft.bodies ?? [];
  const added = stored.filter(({ sha256 }) => !known.some((body) => body.sha256 === sha256));
  return added.length > 0 ? { ...draft, bodies: [...known, ...added].slice(-MOST_BODIES) } : draft;
}

async function storeBody(
  store: Store,
  body: string,
  where: Pick<BodyReference, 'owner' | 'until'>,
): Promise<BodyReference> {
  const packed = packBody(Buffer.from(body), 0);
  await writePieces(store, { ...packed, ...(where.owner && { owner: where.owner }) }, where.until);
  return { sha256: packed.sha256, pieces: packed.pieces.length, ...where };
}

/**
 * An action under another key, which its body holds as well if it is correlated. As text: the body's other bytes, and
 * the digits of its numbers, stay what they were.
 *
 * @throws BodyLostError
 */
export async function withKey(store: Store, action: ActionRecord, key: string): Promise<ActionRecord> {
  const { body_ref } = action;
  if (action.correlate === undefined) return { ...action, key };
  const text = await readActionBody(store.table, action);
  const body = text.replaceAll(JSON.stringify(action.key), JSON.stringify(key));
  if (!body_ref) return { ...action, key, body };
  const { owner } = body_ref;
  // The next call renews it.
  const until = Math.max(body_ref.until, store.system.now() + LEAST_RETENTION);
  return { ...action, key, body_ref: await storeBody(store, body, { ...(owner && { owner }), until }) };
}

/** The body of an action, wherever it is stored. */
export async function actionBody(action: ActionClaim): Promise<string> {
  await keepActionBody(action);
  return readActionBody(action.worker.table, action.record);
}

/** Keeps the body of an action that waits from expiring. */
export async function keepActionBody(action: ActionClaim): Promise<void> {
  const kept = await withKeptBody(action.worker, action.record);
  if (kept !== action.record) action.stage(kept);
}

/**
 * The same for all open actions of a plan that is not claimed, because all that it can do is wait. No record notes it, and
 * the pieces are looked at each time from then on; so it begins later.
 */
export async function keepPlanBodies(worker: Worker, { actions = [] }: CompletionDraft): Promise<void> {
  for (const action of actions) if (!isSettled(action)) await withKeptBody(worker, action, KEEP_AHEAD / 2);
}

/** Keeps the body of an action that has failed for as long as its dead letter can be redriven. */
export async function keepFailedActionBody(action: ActionClaim): Promise<void> {
  const kept = await withKeptBody(action.worker, action.record, KEEP_AHEAD, true);
  if (kept !== action.record) action.stage(kept);
}

async function withKeptBody(
  worker: Worker,
  record: ActionRecord,
  wanted = KEEP_AHEAD,
  isLastTime = false,
): Promise<ActionRecord> {
  const { body_ref } = record;
  const now = worker.system.now();
  const { ahead, length } = keptFor(worker.settings, wanted, isLastTime);
  if (!body_ref || body_ref.until >= now + ahead) return record;
  const until = now + length;
  await renewPieces(worker, body_ref, { needed: now + ahead, until });
  return { ...record, body_ref: { ...body_ref, until } };
}

/** The same, only read. @throws BodyLostError */
export async function readActionBody(table: Table, { body, body_ref }: ActionRecord): Promise<string> {
  if (!body_ref) return body ?? '{}';
  const { sha256, pieces, owner } = body_ref;
  return Buffer.from(await readPieces(table, sha256, pieces, owner)).toString('utf8');
}
