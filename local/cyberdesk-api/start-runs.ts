import { randomUUID } from 'node:crypto';
import type { components } from '../../lambda/cyberdesk/api-types.ts';
import { isTerminal } from '../../lambda/cyberdesk/run-status.ts';
import type { FileInput, RunCreate, RunRetry, WorkflowChainCreate } from '../../lambda/cyberdesk/types.ts';
import { copyJson } from '../../lambda/json/parse.ts';
import { type Call, type OperationDeps, problem, type Reply } from './call.ts';
import { addAttachment, addRun, removeAttachments, type Store, type StoredRun, saveRun } from './store.ts';

type RunBulkCreate = components['schemas']['RunBulkCreate'];

const NO_WORKFLOW = problem(404, 'Workflow not found');

/** A copy, so that an answer that may be replayed does not change with the run. */
const shown = (run: StoredRun): StoredRun => copyJson(run);

function createRun(deps: OperationDeps, { body: given }: Call<RunCreate>): Reply {
  if (!deps.isKnown(given.workflow_id)) return NO_WORKFLOW;
  return { status: 201, body: shown(start(deps, given)) };
}

function bulkCreateRuns(deps: OperationDeps, { body }: Call<RunBulkCreate>): Reply {
  const { count, start_session, ...given } = body;
  if (!deps.isKnown(given.workflow_id)) return NO_WORKFLOW;
  const session_id = given.session_id ?? (start_session ? randomUUID() : null);
  const created_runs = Array.from({ length: count }, () => shown(start(deps, { ...given, session_id })));
  return { status: 201, body: { created_runs, failed_count: 0, errors: [] } };
}

function createRunChain(deps: OperationDeps, { body: chain }: Call<WorkflowChainCreate>): Reply {
  if (!chain.steps.every(({ workflow_id }) => deps.isKnown(workflow_id))) return NO_WORKFLOW;
  const session_id = chain.session_id ?? randomUUID();
  const run_ids = chain.steps.map((step, index) => {
    const run = start(deps, {
      workflow_id: step.workflow_id,
      input_values: merge(chain.shared_inputs, step.inputs),
      sensitive_input_values: merge(chain.shared_sensitive_inputs, step.sensitive_inputs),
      file_inputs: [...(chain.shared_file_inputs ?? []), ...(step.file_inputs ?? [])],
      machine_id: chain.machine_id ?? null,
      pool_ids: chain.pool_ids ?? null,
      is_priority: chain.is_priority ?? false,
      session_id,
      session_alias: step.session_alias ?? null,
      release_session_after: index === chain.steps.length - 1 && !chain.keep_session_after_completion,
    });
    return run.id;
  });
  return { status: 201, body: { session_id, run_ids } };
}

function retryRun(deps: OperationDeps, { body: given, path }: Call<RunRetry>): Reply {
  const { store } = deps;
  const run = store.runs.get(path.run_id ?? '');
  if (!run) return problem(404, 'Run not found');
  if (!isTerminal(run.status)) return problem(400, 'Run is still active');

  removeAttachments(store, run, 'output');
  if (given.file_inputs) {
    removeAttachments(store, run, 'input');
    addFiles(store, run, given.file_inputs);
  }
  const keepsSession = (given.reuse_session ?? true) && !given.start_session;
  const session_id = given.session_id ?? (given.start_session ? randomUUID() : undefined);
  Object.assign(run, {
    ...OUTPUTS_CLEARED,
    status: 'scheduling',
    session_id: session_id ?? (keepsSession ? run.session_id : null),
    session_alias: given.session_alias ?? (keepsSession ? run.session_alias : null),
    input_values: given.input_values ?? run.input_values,
    machine_id: given.machine_id ?? run.machine_id,
    pool_ids: given.pool_ids ?? run.pool_ids,
    release_session_after: given.release_session_after ?? run.release_session_after,
    is_priority: given.is_priority ?? run.is_priority,
    sensitive_input_aliases: aliases(given.sensitive_input_values) ?? run.sensitive_input_aliases,
  });
  saveRun(store, run);
  deps.scheduled(run);
  return { status: 200, body: shown(run) };
}

const OUTPUTS_CLEARED = {
  error: null,
  output_data: null,
  run_message_history: null,
  usage_metadata: null,
  post_run_checks: null,
  started_at: null,
  ended_at: null,
} satisfies Partial<StoredRun>;

function start(deps: OperationDeps, given: RunCreate): StoredRun {
  const { file_inputs, sensitive_input_values, start_session, main_agent_model_id, ...fields } = given;
  const run = addRun(deps.store, {
    ...fields,
    sensitive_input_aliases: aliases(sensitive_input_values) ?? null,
    ...(main_agent_model_id && { model_metadata: { ...given.model_metadata, main_agent_model_id } }),
  });
  if (start_session) run.session_id = run.id;
  saveRun(deps.store, run);
  addFiles(deps.store, run, file_inputs);
  deps.scheduled(run);
  return run;
}

function addFiles(store: Store, run: StoredRun, files: FileInput[] | null | undefined): void {
  for (const file of files ?? []) addAttachment(store, run, 'input', file);
}

type Values = Record<string, unknown> | null | undefined;

/** Vault names for sensitive inputs; the values are discarded at once. */
function aliases(values: Values): Record<string, string> | undefined {
  return values
    ? Object.fromEntries(Object.keys(values).map((key) => [key, `vault-${randomUUID()}`]))
    : undefined;
}

const merge = (shared: Values, own: Values) => (shared || own ? { ...shared, ...own } : null);

/** The operations that start runs, by their `operationId`. */
export const START_OPERATIONS = { createRun, bulkCreateRuns, createRunChain, retryRun };
