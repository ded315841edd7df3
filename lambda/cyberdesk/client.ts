import type { operations } from './api-types.ts';
import type { CallOptions, Result, WriteOptions } from './call.ts';
import {
  file,
  object,
  objectWithId,
  objectWithItems,
  objectWithMachines,
  objectWithRunIds,
} from './decode.ts';
import { type ClientOptions, withDefaults } from './options.ts';
import { type ApiKey, type Body, createRequest } from './request.ts';
import type * as api from './types.ts';

export type { CallOptions, Result, WriteOptions } from './call.ts';
export type { ClientOptions } from './options.ts';
export type { ApiKey, Body } from './request.ts';

export type RunQuery = NonNullable<operations['listRuns']['parameters']['query']>;
export type WorkflowQuery = NonNullable<operations['listWorkflows']['parameters']['query']>;
export type AttachmentQuery = NonNullable<operations['listRunAttachments']['parameters']['query']>;

/**
 * A client in the shape of the official SDK, with what that one lacks: an idempotency key per call, timeouts, and
 * whether a failed call may have taken effect.
 *
 * @throws InvalidClientSettingError for an unusable base URL.
 */
export function createCyberdeskClient(apiKey: ApiKey, options: ClientOptions = {}): CyberdeskClient {
  const request = createRequest(apiKey, withDefaults(options));
  return {
    health: (given) => request('GET', '/v1/health', { decode: object }, given),
    runs: {
      create: (body, given) => request('POST', '/v1/runs', { body, decode: objectWithId }, given),
      chain: (body, given) =>
        request('POST', '/v1/runs/chain', { body, decode: objectWithRunIds(stepsOf(body)) }, given),
      retry: (run_id, body = {}, given = {}) =>
        request('POST', '/v1/runs/{run_id}/retry', { path: { run_id }, body, decode: objectWithId }, given),
      get: (run_id, given) =>
        request('GET', '/v1/runs/{run_id}', { path: { run_id }, decode: objectWithId }, given),
      list: (query = {}, given = {}) => request('GET', '/v1/runs', { query, decode: objectWithItems }, given),
    },
    attachments: {
      list: (query = {}, given = {}) =>
        request('GET', '/v1/run-attachments', { query, decode: objectWithItems }, given),
      get: (attachment_id, given) =>
        request(
          'GET',
          '/v1/run-attachments/{attachment_id}',
          { path: { attachment_id }, decode: objectWithId },
          given,
        ),
      download: (attachment_id, given) =>
        request(
          'GET',
          '/v1/run-attachments/{attachment_id}/download',
          { path: { attachment_id }, decode: file },
          given,
        ),
    },
    workflows: {
      get: (workflow_id, given) =>
        request('GET', '/v1/workflows/{workflow_id}', { path: { workflow_id }, decode: objectWithId }, given),
      list: (query = {}, given = {}) =>
        request('GET', '/v1/workflows', { query, decode: objectWithItems }, given),
      update: (workflow_id, body, given) =>
        request(
          'PATCH',
          '/v1/workflows/{workflow_id}',
          { path: { workflow_id }, body, decode: objectWithId },
          given,
        ),
    },
    machines: {
      health: (given) =>
        request('GET', '/v1/health/machines', { decode: objectWithMachines }, { ...given, dataWith: 503 }),
    },
  };
}

/** How many runs a chain starts. Rules in plain JavaScript may ask for one without steps. */
function stepsOf(body: Body<api.WorkflowChainCreate>): number {
  const chain: Partial<api.WorkflowChainCreate> | null = typeof body === 'string' ? JSON.parse(body) : body;
  return chain?.steps?.length ?? 1;
}

/** Every method resolves to a result. A failure of the API is its `error`; it is not thrown. */
export interface CyberdeskClient {
  /** Whether the API is up. */
  health(given?: CallOptions): Promise<Result<unknown>>;
  /** Runs, and chains of runs. */
  runs: {
    /** Creates a run, which then starts by itself. */
    create(body: Body<api.RunCreate>, given?: WriteOptions): Promise<Result<api.RunResponse>>;
    /** Creates runs that are executed one after the other on one reserved machine. */
    chain(
      body: Body<api.WorkflowChainCreate>,
      given?: WriteOptions,
    ): Promise<Result<api.WorkflowChainResponse>>;
    /** Runs a finished run again under the same id; its previous output is cleared. */
    retry(runId: string, body?: Body<api.RunRetry>, given?: WriteOptions): Promise<Result<api.RunResponse>>;
    /** One run with its message history, which may be long; `list` with `fields` returns less. */
    get(runId: string, given?: CallOptions): Promise<Result<api.RunResponseWithIncludes>>;
    /** One page of runs. */
    list(query?: RunQuery, given?: CallOptions): Promise<Result<api.RunPage>>;
  };
  /** Files that runs have read or written. */
  attachments: {
    /** One page of attachments, without their content. */
    list(query?: AttachmentQuery, given?: CallOptions): Promise<Result<api.RunAttachmentPage>>;
    /** The metadata of one attachment, without its content. */
    get(attachmentId: string, given?: CallOptions): Promise<Result<api.RunAttachmentResponse>>;
    /** The file itself, up to `maxBytes` (default: the client's `maxAnswerBytes`). */
    download(
      attachmentId: string,
      given?: CallOptions & { maxBytes?: number },
    ): Promise<Result<Uint8Array<ArrayBuffer>>>;
  };
  /** Workflows. */
  workflows: {
    /** One workflow. */
    get(workflowId: string, given?: CallOptions): Promise<Result<api.WorkflowResponse>>;
    /** One page of workflows, those that were changed last first. */
    list(query?: WorkflowQuery, given?: CallOptions): Promise<Result<api.WorkflowPage>>;
    /** Changes some settings of a workflow. */
    update(
      workflowId: string,
      body: Body<api.WorkflowUpdate>,
      given?: WriteOptions,
    ): Promise<Result<api.WorkflowResponse>>;
  };
  /** The machines that runs use. */
  machines: {
    /** Checks all connected machines, which may take seconds. Those that do not respond are data, not an error. */
    health(given?: CallOptions): Promise<Result<api.MachinesHealth>>;
  };
}
