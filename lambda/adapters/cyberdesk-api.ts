import type {
  CallLimit,
  CallOutcome,
  Cyberdesk,
  RunQuery,
  RunSnapshot,
  Secrets,
  Started,
} from '../core/model/index.ts';
import { createCyberdeskClient, type Result } from '../cyberdesk/client.ts';
import type { RunResponse } from '../cyberdesk/types.ts';
import type { ApiKey } from './api-key.ts';

const PAGE = 200;

/**
 * Cyberdesk's API as the core sees it. A refused key is read anew once before it counts as refused: a rotation
 * must not wait for the cache. To read it takes time, in which a lease may end: so the caller's limit goes with each
 * attempt, and the client looks at it right before it sends.
 */
export function cyberdeskApi(baseUrl: string, apiKey: ApiKey, secrets: Secrets): Cyberdesk {
  let key = '';
  const client = createCyberdeskClient(async () => key, { baseUrl });

  async function call<T, U>(send: () => Promise<Result<T>>, read: (data: T) => U): Promise<CallOutcome<U>> {
    let refused: string | undefined;
    // An earlier attempt of this call counts, whatever the last one was answered.
    let mayHaveTakenEffect = false;
    for (;;) {
      let current: string | undefined;
      try {
        current = await apiKey.get(secrets);
      } catch {
        return { kind: 'failed', mayHaveTakenEffect, notAsked: true };
      }
      if (current === undefined) return { kind: 'failed', mayHaveTakenEffect, keyNotSet: true };
      key = current;
      const result = await send();
      if (result.error === undefined) return { kind: 'answered', value: read(result.data as T) };
      const { status, inProgress, retryAfterMs } = result.error;
      mayHaveTakenEffect ||= result.error.mayHaveTakenEffect;
      const keyRefused = status === 401 || status === 403;
      if (keyRefused && refused === undefined) {
        refused = current;
        apiKey.forget();
        if ((await apiKey.get(secrets).catch(() => undefined)) !== refused) continue;
      }
      return {
        kind: 'failed',
        inProgress,
        mayHaveTakenEffect,
        ...(status !== undefined && { status }),
        ...(retryAfterMs !== undefined && { retryAfterMs }),
      };
    }
  }

  const started = (run: RunResponse): Started => ({ runIds: [run.id] });
  return {
    createRun: (body, idempotencyKey, { until }) =>
      call(() => client.runs.create(body, { idempotencyKey, until }), started),
    createChain: (body, idempotencyKey, { until }) =>
      call(
        () => client.runs.chain(body, { idempotencyKey, until }),
        (chain) => ({ runIds: chain.run_ids, sessionId: chain.session_id }),
      ),
    retryRun: (runId, body, idempotencyKey, { until }) =>
      call(() => client.runs.retry(runId, body, { idempotencyKey, until }), started),
    getRun: (runId, { until }) => call(() => client.runs.get(runId, { until }), snapshot),
    findRuns: (query, limit) => findRuns(query, limit),
    getAttachment: async (id, maxBytes, { until }) => {
      const about = await call(
        () => client.attachments.get(id, { until }),
        ({ filename, size_bytes }) => ({ filename, bytes: size_bytes }),
      );
      if (about.kind === 'failed' || about.value.bytes > maxBytes) return about;
      const { filename } = about.value;
      return call(
        () => client.attachments.download(id, { until, maxBytes }),
        (content) => ({ filename, bytes: content.byteLength, content }),
      );
    },
  };

  async function findRuns(query: RunQuery, { until }: CallLimit): Promise<CallOutcome<RunSnapshot[]>> {
    const { workflowId, sessionId, createdFrom, createdTo } = query;
    const filter = {
      ...(workflowId !== undefined && { workflow_id: workflowId }),
      ...(sessionId !== undefined && { session_id: sessionId }),
      ...(createdFrom !== undefined && { created_at_from: new Date(createdFrom).toISOString() }),
      ...(createdTo !== undefined && { created_at_to: new Date(createdTo).toISOString() }),
      fields: ['input_values', 'session_id', 'ended_at'] as ('input_values' | 'session_id' | 'ended_at')[],
      limit: PAGE,
      // The default order puts active runs first and shifts between pages.
      sort_mode: 'created_at_desc' as const,
    };
    // By id: a run that is created meanwhile moves the others, and the next page begins with one seen before.
    const runs = new Map<string, RunSnapshot>();
    for (let skip = 0; ; ) {
      const page = await call(
        () => client.runs.list({ ...filter, skip }, { until }),
        ({ items, total }) => ({ items: items.map(snapshot), total }),
      );
      if (page.kind === 'failed') return page;
      const { items, total } = page.value;
      for (const run of items) runs.set(run.id, run);
      skip += items.length;
      if (items.length === 0 || skip >= total) return { kind: 'answered', value: [...runs.values()] };
    }
  }
}

const snapshot = (run: RunResponse): RunSnapshot => ({
  id: run.id,
  workflow_id: run.workflow_id,
  status: run.status,
  created_at: run.created_at,
  ended_at: run.ended_at,
  session_id: run.session_id,
  input_values: run.input_values,
});
