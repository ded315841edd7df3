import type { CyberdeskClient } from '../../lambda/cyberdesk/client.ts';
import type { WorkflowResponse } from '../../lambda/cyberdesk/types.ts';
import { OperatorError } from '../errors.ts';
import { isObject } from '../json.ts';
import { askForOne } from '../reconcile/cyberdesk.ts';
import type { Ids } from '../stage/own-files.ts';
import type { Stage } from '../stage/stage.ts';
import type { Schema } from './parts.ts';
import { problemOf } from './schema.ts';

/** A workflow of the stage settings, with its schemas as far as it has them. */
export interface Workflow {
  name: string;
  id: string;
  input: Schema | undefined;
  output: Schema | undefined;
}

/** A workflow of the stage settings cannot be used: it is gone, or one of its schemas is invalid. */
export class UnusableWorkflowError extends OperatorError {
  override name = 'UnusableWorkflow';
}

/** Workflows that are asked for at once. */
const AT_ONCE = 5;

/**
 * The workflows of the stage settings with their schemas, by name.
 *
 * @throws UnusableWorkflowError
 * @throws NotReachableError
 */
export async function readWorkflows(stage: Stage, client: CyberdeskClient, ids: Ids): Promise<Workflow[]> {
  const found: Workflow[] = [];
  const entries = Object.entries(ids).sort(([a], [b]) => (a < b ? -1 : 1));
  for (let start = 0; start < entries.length; start += AT_ONCE) {
    const read = ([name, id]: [string, string]) => readWorkflow(stage, client, name, id);
    found.push(...(await Promise.all(entries.slice(start, start + AT_ONCE).map(read))));
  }
  return found;
}

async function readWorkflow(
  stage: Stage,
  client: CyberdeskClient,
  name: string,
  id: string,
): Promise<Workflow> {
  const workflow = await findWorkflow(stage, client, name, id);
  if (workflow === undefined) {
    throw new UnusableWorkflowError(
      `Cyberdesk has no workflow ${id}, which stage "${stage.name}" calls "${name}"`,
      {
        next: `correct workflowIds.${name} in the stage settings, or remove it`,
      },
    );
  }
  return workflow;
}

/** A workflow by its id; undefined if Cyberdesk does not have it. @throws UnusableWorkflowError, NotReachableError */
export async function findWorkflow(
  stage: Stage,
  client: CyberdeskClient,
  name: string,
  id: string,
): Promise<Workflow | undefined> {
  const workflow = await askForOne(stage, () => client.workflows.get(id));
  if (workflow === undefined) return undefined;
  const { input_schema, output_schema } = workflow;
  return {
    name,
    id,
    input: schemaOf(name, 'input', input_schema),
    output: schemaOf(name, 'output', output_schema),
  };
}

/** @throws UnusableWorkflowError */
function schemaOf(name: string, side: 'input' | 'output', text: WorkflowResponse['input_schema']) {
  // An empty text is what the dashboard leaves behind.
  if (text === undefined || text === null || String(text).trim() === '') return undefined;
  const schema = parsed(text);
  const problem = schema === undefined ? 'it is not a JSON object' : problemOf(schema);
  if (schema !== undefined && problem === undefined) return schema;
  throw new UnusableWorkflowError(
    `the ${side} schema of workflow "${name}" is not a valid JSON schema (${problem})`,
    {
      next: "correct it in Cyberdesk's dashboard",
    },
  );
}

function parsed(text: string): Schema | undefined {
  try {
    // A bound with more digits than a double has is rounded: types have no bounds.
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
