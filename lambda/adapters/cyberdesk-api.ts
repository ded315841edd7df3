import type {
  CallLimit,
  CallOutcome,
  Cyberdesk,
  RunList,
  RunQuery,
  RunSnapshot,
  Secrets,
} from '../core/model/index.ts';
import type { RunQuery as ApiQuery } from '../cyberdesk/client.ts';
import type { ClientOptions } from '../cyberdesk/options.ts';
import { isPrintableId, isSameId } from '../cyberdesk/printable-id.ts';
import type { RunPage, RunResponse } from '../cyberdesk/types.ts';
import type { ApiKey } from './api-key.ts';
import { KeyedCalls } from './keyed-calls.ts';

/**
 * Cyberdesk's API as the core sees it. Reading the key takes time, in which a lease may end, so the caller's limit goes
 * with each call: the client checks it right before it sends.
 *
 * @param options Of the client; `now` also reads the API's clock.
 * @throws InvalidClientSettingError for an unusable base URL.
 */
export function cyberdeskApi(options: ClientOptions, apiKey: ApiKey, secrets: Secrets): Cyberdesk {
  const calls = new KeyedCalls(options, apiKey, secrets);
  const { now = Date.now } = options;
  return {
    createRun: (body, idempotencyKey, { until }) =>
      calls.call(({ runs }) => runs.create(body, { idempotencyKey, until }), started),
    createChain: (body, idempotencyKey, { until }) =>
      calls.call(
        ({ runs }) => runs.chain(body, { idempotencyKey, until }),
        ({ run_ids, session_id }) => ({ runIds: run_ids, sessionId: session_id }),
      ),
    retryRun: (runId, body, idempotencyKey, { until }) =>
      calls.call(({ runs }) => runs.retry(runId, body, { idempotencyKey, until }), started),
    getRun: async (runId, { until }) => {
      const got = await calls.call(
        ({ runs }) => runs.get(runId, { until }),
        (run, { status }) => ({ run: snapshot(run), status }),
      );
      if (got.kind === 'failed') return got;
      const { run, status } = got.value;
      // A cache or a gateway in front of the API may answer with another run, or with something else.
      if (!isSameId(run.id, runId)) return { kind: 'failed', mayHaveTakenEffect: false, status };
      return { kind: 'answered', value: run };
    },
    findRuns: (query, limit) => findRuns({ calls, now }, query, limit),
    ping: ({ until }) =>
      calls.call(
        ({ runs }) => runs.list({ limit: 1 }, { until }),
        () => undefined,
      ),
    getAttachment: async (id, maxBytes, { until }) => {
      const about = await calls.call(
        ({ attachments }) => attachments.get(id, { until }),
        (found, { status }) => ({
          found: found.id,
          filename: found.filename,
          bytes: found.size_bytes,
          status,
        }),
      );
      if (about.kind === 'failed') return about;
      const { found, filename, bytes } = about.value;
      if (typeof found === 'string' && !isSameId(found, id))
        return { kind: 'failed', mayHaveTakenEffect: false, status: about.value.status };
      if (bytes > maxBytes) return { kind: 'answered', value: { filename, bytes } };
      const got = await calls.call(
        ({ attachments }) => attachments.download(id, { until, maxBytes }),
        (content, { status }) => ({ file: { filename, bytes: content.byteLength, content }, status }),
      );
      if (got.kind === 'failed') return got;
      const { file, status } = got.value;
      // Only the size distinguishes a file from a proxy's page with status 200.
      if (file.bytes !== bytes) return { kind: 'failed', mayHaveTakenEffect: false, status };
      return { kind: 'answered', value: file };
    },
  };
}

interface Api {
  calls: KeyedCalls;
  now: () => number;
}

/** Most runs of a page: a limit of the API. */
const PAGE = 200;

/** Times that a list is read from its beginning, because it changed between two pages. */
const READINGS = 3;

/**
 * Reads all pages. Each page begins with the last run of the page before it, the whole has as many runs as the API counts,
 * and its last page is not full. Without both, a run may have slipped from one page to another, and a lookup would take it for never started.
 */
async function findRuns(api: Api, query: RunQuery, limit: CallLimit): Promise<CallOutcome<RunList>> {
  for (let reading = 0; reading < READINGS; reading += 1) {
    const list = await readAll(api, query, limit);
    if (list !== undefined) return list;
  }
  return { kind: 'failed', mayHaveTakenEffect: false, incomplete: true };
}

/** All pages once; undefined if the list changed meanwhile, or not all of its entries are runs. */
async function readAll(
  { calls, now }: Api,
  query: RunQuery,
  { until }: CallLimit,
): Promise<CallOutcome<RunList> | undefined> {
  const filter = toApiQuery(query);
  const found = new Map<string, RunSnapshot>();
  let last: string | undefined;
  for (let skip = 0; ; ) {
    const page = await calls.call(
      ({ runs }) => runs.list({ ...filter, skip }, { until }),
      (data, response) => readPage(data, response, { now: now(), query }),
    );
    if (page.kind === 'failed') return page;
    if (page.value === undefined) return undefined;
    const { runs, total, clockOffset } = page.value;
    if (last !== undefined && runs[0]?.id !== last) return undefined;
    const before = found.size;
    for (const run of runs) found.set(run.id, run);
    // A full page may have another behind it, whatever the API counts.
    if (found.size >= total && runs.length < PAGE) {
      return {
        kind: 'answered',
        value: { runs: [...found.values()], ...(clockOffset !== undefined && { clockOffset }) },
      };
    }
    last = runs.at(-1)?.id;
    if (last === undefined || (found.size === before && found.size < total)) return undefined;
    skip += runs.length - 1;
  }
}

/** A page of runs; undefined if one of them has no id that could be stored. */
function readPage({ items, total }: RunPage, { headers }: Response, { now, query }: Asked) {
  if (!items.every((run) => isPrintableId(run?.id))) return undefined;
  const date = Date.parse(headers.get('date') ?? '');
  return {
    runs: items.map((run) => snapshot(run, query.workflowId)),
    total,
    clockOffset: Number.isNaN(date) ? undefined : date - now,
  };
}

interface Asked {
  now: number;
  query: RunQuery;
}

const toApiQuery = ({ workflowId, sessionId, createdFrom, createdTo }: RunQuery): ApiQuery => ({
  ...(workflowId !== undefined && { workflow_id: workflowId }),
  ...(sessionId !== undefined && { session_id: sessionId }),
  ...(createdFrom !== undefined && { created_at_from: new Date(createdFrom).toISOString() }),
  ...(createdTo !== undefined && { created_at_to: new Date(createdTo).toISOString() }),
  fields: ['input_values', 'session_id', 'ended_at'],
  limit: PAGE,
  // The default order puts active runs first and shifts between pages.
  sort_mode: 'created_at_desc',
});

const started = ({ id }: RunResponse) => ({ runIds: [id] });

/** @param workflowId The workflow whose runs were asked for, of which a run is unless it shows another. */
const snapshot = (run: RunResponse, workflowId?: string): RunSnapshot => ({
  id: run.id,
  workflow_id: run.workflow_id || workflowId,
  status: run.status,
  created_at: run.created_at,
  ended_at: run.ended_at,
  session_id: run.session_id,
  input_values: run.input_values,
});
