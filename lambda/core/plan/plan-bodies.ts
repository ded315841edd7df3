import type { ActionClaim, CompletionDraft, Worker } from '../completion/index.ts';
import { type ActionRecord, DAY } from '../model/index.ts';
import { packBody, readPieces, renewPieces, writePieces } from '../store/index.ts';
import { isApiCall } from './kinds/index.ts';

/** A plan with more than this many bytes of bodies is stored in pieces beside its item. */
export const LARGE_PLAN_BYTES = 64 * 1024;
/** Unfinished work keeps its pieces for at least this long; a dead-letter message lives for 14 days. */
export const KEEP_AHEAD = 30 * DAY;

/** Stores the bodies of a large plan, before the item that names them. */
export async function storeLargePlan(worker: Worker, draft: CompletionDraft): Promise<CompletionDraft> {
  const { system, settings } = worker;
  const bytes = draft.actions?.reduce((sum, { body }) => sum + Buffer.byteLength(body ?? ''), 0) ?? 0;
  if (bytes <= LARGE_PLAN_BYTES) return draft;
  const until = system.now() + Math.max(settings.eventRetention, 2 * KEEP_AHEAD);
  const actions: ActionRecord[] = [];
  for (const action of draft.actions ?? []) {
    const { body, ...rest } = action;
    // An announcement is small, and is read from the item.
    if (body === undefined || !isApiCall(action)) actions.push(action);
    else {
      const packed = packBody(Buffer.from(body), 0);
      await writePieces(worker, { ...packed, owner: 'plan' }, until);
      const { sha256, pieces } = packed;
      actions.push({ ...rest, body_ref: { sha256, pieces: pieces.length, owner: 'plan', until } });
    }
  }
  return { ...draft, actions };
}

/** The body of an action, wherever it is stored. */
export async function actionBody(action: ActionClaim): Promise<string> {
  const { worker, record } = action;
  const { body, body_ref } = record;
  if (!body_ref) return body ?? '{}';
  const now = worker.system.now();
  if (body_ref.until < now + KEEP_AHEAD) {
    const until = now + 2 * KEEP_AHEAD;
    await renewPieces(worker, body_ref, { needed: now + KEEP_AHEAD, until });
    action.stage({ ...record, body_ref: { ...body_ref, until } });
  }
  const { sha256, pieces, owner } = body_ref;
  return Buffer.from(await readPieces(worker.table, sha256, pieces, owner)).toString('utf8');
}
