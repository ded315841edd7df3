import type {
  CallLimit,
  CallOutcome,
  Cyberdesk,
  RunQuery,
  RunSnapshot,
  Secrets,
} from '../core/model/index.ts';
import type { RunQuery as ApiQuery } from '../cyberdesk/client.ts';
import type { RunResponse } from '../cyberdesk/types.ts';
import type { ApiKey } from './api-key.ts';
import { KeyedCalls } from './keyed-calls.ts';

/**
 * Cyberdesk's API as the core sees it. Reading the key takes time, in which a lease may end, so the caller's limit goes
 * with each call: the client checks it right before it sends.
 *
 * @throws InvalidClientSettingError for an unusable base URL.
 */
export function cyberdeskApi(baseUrl: string, apiKey: ApiKey, secrets: Secrets): Cyberdesk {
  const calls = new KeyedCalls(baseUrl, apiKey, secrets);
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
    getRun: (runId, { until }) => calls.call(({ runs }) => runs.get(runId, { until }), snapshot),
    findRuns: (query, limit) => findRuns(calls, query, limit),
    ping: ({ until }) =>
      calls.call(
        ({ runs }) => runs.list({ limit: 1 }, { until }),
        () => undefined,
      ),
    getAttachment: async (id, maxBytes, { until }) => {
      const about = await calls.call(
        ({ attachments }) => attachments.get(id, { until }),
        ({ filename, size_bytes }) => ({ filename, bytes: size_bytes }),
      );
      if (about.kind === 'failed' || about.value.bytes > maxBytes) return about;
      const { filename } = about.value;
      return calls.call(
        ({ attachments }) => attachments.download(id, { until, maxBytes }),
        (content) => ({ filename, bytes: content.byteLength, content }),
      );
    },
  };
}

/** Reads all pages. */
async function findRuns(
  calls: KeyedCalls,
  query: RunQuery,
  { until }: CallLimit,
): Promise<CallOutcome<RunSnapshot[]>> {
  const filter = toApiQuery(query);
  // By id: a run created in the meantime shifts the others, so the next page repeats one.
  const found = new Map<string, RunSnapshot>();
  for (let skip = 0; ; ) {
    const page = await calls.call(
      ({ runs }) => runs.list({ ...filter, skip }, { until }),
      ({ items, total }) => ({ items: items.map(snapshot), total }),
    );
    if (page.kind === 'failed') return page;
    const { items, total } = page.value;
    for (const run of items) found.set(run.id, run);
    skip += items.length;
    if (items.length === 0 || skip >= total) return { kind: 'answered', value: [...found.values()] };
  }
}

const toApiQuery = ({ workflowId, sessionId, createdFrom, createdTo }: RunQuery): ApiQuery => ({
  ...(workflowId !== undefined && { workflow_id: workflowId }),
  ...(sessionId !== undefined && { session_id: sessionId }),
  ...(createdFrom !== undefined && { created_at_from: new Date(createdFrom).toISOString() }),
  ...(createdTo !== undefined && { created_at_to: new Date(createdTo).toISOString() }),
  fields: ['input_values', 'session_id', 'ended_at'],
  limit: 200,
  // The default order puts active runs first and shifts between pages.
  sort_mode: 'created_at_desc',
});

const started = ({ id }: RunResponse) => ({ runIds: [id] });

const snapshot = (run: RunResponse): RunSnapshot => ({
  id: run.id,
  workflow_id: run.workflow_id,
  status: run.status,
  created_at: run.created_at,
  ended_at: run.ended_at,
  session_id: run.session_id,
  input_values: run.input_values,
});
