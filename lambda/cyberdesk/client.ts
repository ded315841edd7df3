import type { operations } from './api-types.ts';
import type { CallOptions, WriteOptions } from './call.ts';
import { type ClientOptions, withDefaults } from './options.ts';
import { type ApiKey, createTransport, type Result, type Send } from './transport.ts';
import type * as api from './types.ts';

export type { CallOptions, WriteOptions } from './call.ts';
export { CyberdeskError } from './errors.ts';
export type { ClientOptions } from './options.ts';
export type { ApiKey, Result } from './transport.ts';

/** A body, or its JSON text, which then goes out byte for byte. */
export type Body<T> = T | string;

export type RunQuery = NonNullable<operations['listRuns']['parameters']['query']>;
export type AttachmentQuery = NonNullable<operations['listRunAttachments']['parameters']['query']>;

/**
 * A client in the shape of the official SDK, with what that one lacks: an idempotency key per call, time-outs, and
 * a word on whether a failed call may have taken effect.
 *
 * @throws InvalidClientSetting for a base URL that cannot be right.
 */
export function createCyberdeskClient(apiKey: ApiKey, options: ClientOptions = {}): CyberdeskClient {
  const settings = withDefaults(options);
  const call = createTransport(apiKey, settings);
  const maxBytes = settings.maxAnswerBytes;
  const get = <T>(accepts: Accepts, send: Send<T>, given: CallOptions = {}) =>
    call(send, { writes: false, accepts, maxBytes }, given);
  const post = <T>(accepts: Accepts, send: Send<T>, given: WriteOptions = {}) =>
    call(send, { writes: true, accepts, maxBytes }, given);

  return {
    health: (given) => get(isObject, (rest, init) => rest.GET('/v1/health', init), given),
    runs: {
      create: (body, given) =>
        post(hasId, (rest, init) => rest.POST('/v1/runs', { ...init, body: body as api.RunCreate }), given),
      chain: (body, given) =>
        post(
          hasRunIds,
          (rest, init) => rest.POST('/v1/runs/chain', { ...init, body: body as api.WorkflowChainCreate }),
          given,
        ),
      retry: (run_id, body = {}, given = {}) =>
        post(
          hasId,
          (rest, init) =>
            rest.POST('/v1/runs/{run_id}/retry', {
              ...init,
              params: { path: { run_id } },
              body: body as api.RunRetry,
            }),
          given,
        ),
      get: (run_id, given) =>
        get(
          hasId,
          (rest, init) => rest.GET('/v1/runs/{run_id}', { ...init, params: { path: { run_id } } }),
          given,
        ),
      list: (query = {}, given = {}) =>
        get(hasItems, (rest, init) => rest.GET('/v1/runs', { ...init, params: { query } }), given),
    },
    attachments: {
      list: (query = {}, given = {}) =>
        get(hasItems, (rest, init) => rest.GET('/v1/run-attachments', { ...init, params: { query } }), given),
      get: (attachment_id, given) =>
        get(
          hasId,
          (rest, init) =>
            rest.GET('/v1/run-attachments/{attachment_id}', { ...init, params: { path: { attachment_id } } }),
          given,
        ),
      download: (attachment_id, { maxBytes: atMost = maxBytes, ...given } = {}) =>
        call(
          async (rest, init) => {
            const path = '/v1/run-attachments/{attachment_id}/download';
            const params = { path: { attachment_id } };
            const { data, response } = await rest.GET(path, { ...init, params, parseAs: 'arrayBuffer' });
            return { data: new Uint8Array(data ?? new ArrayBuffer(0)), response };
          },
          { writes: false, maxBytes: atMost },
          given,
        ),
    },
    workflows: {
      get: (workflow_id, given) =>
        get(
          hasId,
          (rest, init) =>
            rest.GET('/v1/workflows/{workflow_id}', { ...init, params: { path: { workflow_id } } }),
          given,
        ),
    },
  };
}

type Accepts = (json: unknown) => boolean;

// A 2xx answer without what its caller acts on is no answer: a proxy's page, or half of one.
const isObject = (json: unknown): json is Record<string, unknown> =>
  typeof json === 'object' && json !== null;
const hasId: Accepts = (json) => isObject(json) && typeof json.id === 'string';
const hasItems: Accepts = (json) => isObject(json) && Array.isArray(json.items);
const hasRunIds: Accepts = (json) =>
  isObject(json) && Array.isArray(json.run_ids) && json.run_ids.every((id) => typeof id === 'string');

/** Each method ends with a result; an HTTP error is one, and throws nothing. */
export interface CyberdeskClient {
  /** Whether the API is up. */
  health(given?: CallOptions): Promise<Result<unknown>>;
  runs: {
    /** Creates a run, which then starts by itself. */
    create(body: Body<api.RunCreate>, given?: WriteOptions): Promise<Result<api.RunResponse>>;
    /** Creates runs that follow one another on one reserved machine. */
    chain(
      body: Body<api.WorkflowChainCreate>,
      given?: WriteOptions,
    ): Promise<Result<api.WorkflowChainResponse>>;
    /** Runs a finished run again under its id; what it had put out is cleared. */
    retry(runId: string, body?: Body<api.RunRetry>, given?: WriteOptions): Promise<Result<api.RunResponse>>;
    /** One run with its message history, which may be long: `list` with `fields` is smaller. */
    get(runId: string, given?: CallOptions): Promise<Result<api.RunResponseWithIncludes>>;
    /** One page of runs. */
    list(query?: RunQuery, given?: CallOptions): Promise<Result<api.RunPage>>;
  };
  attachments: {
    /** One page of attachments, without their content. */
    list(query?: AttachmentQuery, given?: CallOptions): Promise<Result<api.RunAttachmentPage>>;
    /** What is known of one attachment, without its content. */
    get(attachmentId: string, given?: CallOptions): Promise<Result<api.RunAttachmentResponse>>;
    /** The file itself, if it has no more than `maxBytes` (default: the client's `maxAnswerBytes`). */
    download(
      attachmentId: string,
      given?: CallOptions & { maxBytes?: number },
    ): Promise<Result<Uint8Array<ArrayBuffer>>>;
  };
  workflows: {
    get(workflowId: string, given?: CallOptions): Promise<Result<api.WorkflowResponse>>;
  };
}
