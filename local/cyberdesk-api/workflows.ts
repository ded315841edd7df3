import type { WorkflowResponse, WorkflowUpdate } from '../../lambda/cyberdesk/types.ts';
import { type Call, type OperationDeps, problem, type Reply } from './call.ts';
import { paged } from './read.ts';

function listWorkflows({ store, isKnown }: OperationDeps, { query }: Call): Reply {
  // Where any id is a workflow, those of runs are, too.
  for (const { workflow_id } of store.runs.values()) isKnown(workflow_id);
  const found = [...store.workflows.values()]
    .filter(({ id, name }) => includes(query.search, id, name))
    .sort((one, other) => Date.parse(other.updated_at) - Date.parse(one.updated_at));
  return { status: 200, body: paged(found, query) };
}

const includes = (search: unknown, ...texts: WorkflowResponse['name'][]): boolean =>
  search === undefined ||
  texts.some((text) => text?.toLowerCase().includes(String(search).toLowerCase()) === true);

const withWorkflow =
  <Body>(answer: (workflow: WorkflowResponse, deps: OperationDeps, body: Body) => WorkflowResponse) =>
  (deps: OperationDeps, { path, body }: Call<Body>): Reply => {
    const id = path.workflow_id ?? '';
    const workflow = deps.isKnown(id) ? deps.store.workflows.get(id) : undefined;
    if (!workflow) return problem(404, 'Workflow not found');
    return { status: 200, body: answer(workflow, deps, body) };
  };

const getWorkflow = withWorkflow((workflow) => workflow);

const updateWorkflow = withWorkflow<WorkflowUpdate>((workflow, { store }, { is_webhooks_enabled }) => {
  const changed: WorkflowResponse = {
    ...workflow,
    ...(typeof is_webhooks_enabled === 'boolean' && { is_webhooks_enabled }),
    updated_at: new Date(store.now()).toISOString(),
  };
  store.workflows.set(workflow.id, changed);
  return changed;
});

/** What can be done with workflows, by `operationId`. */
export const WORKFLOW_OPERATIONS = { listWorkflows, getWorkflow, updateWorkflow };
