import { isTerminal } from '../../../lambda/cyberdesk/run-status.ts';
import { parseTime } from '../../../lambda/cyberdesk/time.ts';
import type { CyberdeskModel, ModelRun } from './cyberdesk.ts';
import { CORRELATE, ECHOES, type Echo } from './echoes.ts';
import { type Reply, refusal } from './front.ts';
import type { Written } from './idempotency-keys.ts';

export interface Request {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string | undefined;
}

export interface Hidden {
  field: 'session_id' | 'created_at' | 'workflow_id' | 'id' | 'everything';
  as: null | undefined | number;
}

/** A field of a single run that is shown as something else than it is; undefined: not at all. */
export interface Withheld {
  field: 'status' | 'ended_at';
  as: null | undefined | string | number;
}

/** Of a start or a chain; `fewer` shows in a chain only. */
export type Ids = 'all' | 'fewer' | 'none' | 'empty' | 'endless';

/** How the API answers, where it may differ. */
export interface Manners {
  echo: Echo;
  /** What a list shows of a run as null, or does not show. */
  hidden: Hidden | undefined;
  /** What an answer about a single run shows as something else, or does not show. */
  withheld: Withheld | undefined;
  /** A run shows its inputs only once it has ended. */
  showsInputsLate: boolean;
  /** An answer about a single run is as late as the list, and shows the run as it was before it ended or was retried. */
  readsLate: boolean;
  /** What an answer to a start shows as the ids of what it started. */
  ids: Ids;
  /** Runs on one page of a list at most, whatever is asked for. */
  pageSize: number;
  /**
   * A list shows a run that shows its whole key as created this much later than it was, in milliseconds. Without a key, that breaks the
   * assumption about the clock.
   */
  keyedShift: number;
  /** Its times have no zone, and mean UTC. */
  omitsZone: boolean;
  /** How far the clock of the `Date` header is ahead in milliseconds; undefined if there is no such header. */
  dateOffset: number | undefined;
}

/** What the API does with a request, and answers. */
export function serve(api: CyberdeskModel, manners: Manners, request: Request, now: number): Reply {
  const reply = api.front.refusal(request.headers.authorization) ?? answer(api, manners, request);
  if (manners.dateOffset === undefined) return reply;
  const date = new Date(now + manners.dateOffset).toUTCString();
  return { ...reply, headers: { ...reply.headers, date } };
}

const RUN = /^\/v1\/runs\/([^/]+)$/;
const RETRY = /^\/v1\/runs\/([^/]+)\/retry$/;
const ATTACHMENT = /^\/v1\/run-attachments\/([^/]+?)(\/download)?$/;

function answer(
  api: CyberdeskModel,
  manners: Manners,
  { method, url, headers, body = '{}' }: Request,
): Reply {
  const [path = '', search = ''] = url.replace(/^https:\/\/[^/]+/, '').split('?');
  const key = headers['idempotency-key'] ?? '';
  const refusedWrite = method === 'POST' ? api.front.refusedWrite(key) : undefined;
  if (refusedWrite) return refusedWrite;
  if (method === 'POST' && path === '/v1/runs') return started(api, manners, api.createRun(body, key));
  if (method === 'POST' && path === '/v1/runs/chain') return chained(manners, api.createChain(body, key));
  if (path === '/v1/runs') return listed(api, manners, new URLSearchParams(search));
  const [, retried] = RETRY.exec(path) ?? [];
  if (method === 'POST' && retried) return started(api, manners, api.retryRun(retried, body, key));
  const [, id] = RUN.exec(path) ?? [];
  const strangeRead = id === undefined ? undefined : api.front.strangeRead();
  if (strangeRead) return strangeRead;
  const run = api.run(id ?? '');
  if (run)
    return { status: 200, body: { json: single(manners.readsLate ? api.asBefore(run) : run, manners) } };
  const [, file, download] = ATTACHMENT.exec(path) ?? [];
  const found = api.attachments.get(file ?? '');
  if (!found) return refusal(404);
  const { filename, content } = found;
  if (download) return { status: 200, body: { bytes: content } };
  return { status: 200, body: { json: { id: file, filename, size_bytes: content.byteLength } } };
}

function refused(written: Exclude<Written, { runIds: string[] }>): Reply {
  return refusal(written.status, written.inProgress ? { 'idempotency-status': 'in_progress' } : {});
}

function started(api: CyberdeskModel, manners: Manners, written: Written): Reply {
  if (!('runIds' in written)) return refused(written);
  const run = api.runs.get(written.runIds[0] ?? '');
  const [id] = manners.ids === 'fewer' ? written.runIds : idsIn(written.runIds, manners);
  return { status: written.status, body: { json: run && { ...shown(run, manners), id } } };
}

function chained(manners: Manners, written: Written): Reply {
  if (!('runIds' in written)) return refused(written);
  const { status, runIds, sessionId } = written;
  return { status, body: { json: { run_ids: idsIn(runIds, manners), session_id: sessionId } } };
}

function idsIn(runIds: readonly string[], { ids }: Manners): readonly string[] {
  if (ids === 'all') return runIds;
  if (ids === 'fewer') return runIds.slice(1);
  return ids === 'none' ? [] : runIds.map((id) => (ids === 'empty' ? '' : id.padEnd(3000, '0')));
}

function listed(api: CyberdeskModel, manners: Manners, query: URLSearchParams): Reply {
  const [from, to] = ['created_at_from', 'created_at_to'].map((name) => parseTime(query.get(name)));
  const [workflow, session] = [query.get('workflow_id'), query.get('session_id')];
  const matching = api.listed().filter((run) => {
    const created = parseTime(run.created_at) ?? 0;
    if (workflow !== null && run.workflow_id !== workflow) return false;
    if (session !== null && run.session_id !== session) return false;
    return created >= (from ?? 0) && created <= (to ?? Number.POSITIVE_INFINITY);
  });
  const skip = Number(query.get('skip') ?? 0);
  const size = Math.min(Number(query.get('limit') ?? 100), manners.pageSize);
  const items = matching.slice(skip, skip + size).map((run) => item(run, manners));
  return { status: 200, body: { json: { items, total: matching.length } } };
}

function item(run: ModelRun, manners: Manners): object | null {
  const { hidden, keyedShift } = manners;
  if (hidden?.field === 'everything') return null;
  const listed = shown(run, manners);
  const created_at = new Date((parseTime(run.created_at) ?? 0) + keyedShift).toISOString();
  return {
    ...listed,
    ...(showsKey(run, listed) && { created_at }),
    ...(hidden && { [hidden.field]: hidden.as }),
  };
}

/** Whatever the list has made of the inputs, it holds the key that the run was given. */
function showsKey({ input_values: given }: ModelRun, { input_values: listed }: Shown): boolean {
  const [key, shownKey] = [given, listed].map((inputs) => Object(inputs)[CORRELATE]);
  return typeof shownKey === 'string' && shownKey.toLowerCase().includes(key);
}

function single(run: ModelRun, manners: Manners): object {
  const { withheld } = manners;
  return { ...shown(run, manners), ...(withheld && { [withheld.field]: withheld.as }) };
}

interface Shown {
  id: string;
  created_at: string | null;
  input_values: unknown;
}

function shown(run: ModelRun, { echo, omitsZone, showsInputsLate }: Manners): Shown {
  const { id, workflow_id, status, created_at, ended_at, session_id, input_values } = run;
  const time = (value: string | null) => (omitsZone && value ? value.slice(0, -1) : value);
  const about = {
    id,
    workflow_id,
    status,
    session_id,
    created_at: time(created_at),
    ended_at: time(ended_at),
  };
  const areHidden = showsInputsLate && !isTerminal(status);
  return { ...about, input_values: areHidden ? null : ECHOES[echo](input_values) };
}
