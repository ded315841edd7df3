import type { CyberdeskClient } from '../../lambda/cyberdesk/client.ts';
import type { WorkflowResponse } from '../../lambda/cyberdesk/types.ts';
import { OperatorError } from '../errors.ts';
import { isObject } from '../json.ts';
import { askForOne } from '../reconcile/cyberdesk.ts';
import type { Ids } from '../stage/own-files.ts';
import type { Stage } from '../stage/stage.ts';
import type { Schema } from './parts.ts';
import { problemOf } from './schema.ts';

type Side = 'input' | 'output';

/** A workflow of the stage settings, with its schemas as far as it has them and they can be used. */
export interface Workflow {
  name: string;
  id: string;
  input: Schema | undefined;
  output: Schema | undefined;
  /** Why a schema cannot be used, in one line. */
  unusable: Partial<Record<Side, string>>;
}

/** What Cyberdesk has of the workflows of the stage settings. */
export interface Workflows {
  found: Workflow[];
  gone: { name: string; id: string }[];
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
  const { found, gone } = await findWorkflows(stage, client, ids);
  const [missing] = gone;
  if (missing) {
    const { name, id } = missing;
    throw new UnusableWorkflowError(
      `Cyberdesk has no workflow ${id}, which stage "${stage.name}" calls "${name}"`,
      { next: `correct workflowIds.${name} in the stage settings, or remove it` },
    );
  }
  const [problem] = found.flatMap(({ name, unusable }) =>
    Object.entries(unusable).map(([side, why]) => ({ name, side, why })),
  );
  if (problem === undefined) return found;
  const { name, side, why } = problem;
  throw new UnusableWorkflowError(
    `the ${side} schema of workflow "${name}" is not a valid JSON schema (${why})`,
    { next: "correct it in Cyberdesk's dashboard" },
  );
}

/** The workflows of the stage settings, by name, whether or not they can be used. @throws NotReachableError */
export async function findWorkflows(stage: Stage, client: CyberdeskClient, ids: Ids): Promise<Workflows> {
  const workflows: Workflows = { found: [], gone: [] };
  const entries = Object.entries(ids).sort(([a], [b]) => (a < b ? -1 : 1));
  for (let start = 0; start < entries.length; start += AT_ONCE) {
    const some = entries.slice(start, start + AT_ONCE);
    const read = await Promise.all(some.map(([name, id]) => findWorkflow(stage, client, name, id)));
    for (const [index, [name, id]] of some.entries()) {
      const workflow = read[index];
      if (workflow) workflows.found.push(workflow);
      else workflows.gone.push({ name, id });
    }
  }
  return workflows;
}

/** A workflow by its id; undefined if Cyberdesk does not have it. @throws NotReachableError */
export async function findWorkflow(
  stage: Stage,
  client: CyberdeskClient,
  name: string,
  id: string,
): Promise<Workflow | undefined> {
  const workflow = await askForOne(stage, id, () => client.workflows.get(id));
  if (workflow === undefined) return undefined;
  const [input, output] = [readSchema(workflow.input_schema), readSchema(workflow.output_schema)];
  return {
    ...{ name, id, input: input?.schema, output: output?.schema },
    unusable: {
      ...(input?.problem !== undefined && { input: input.problem }),
      ...(output?.problem !== undefined && { output: output.problem }),
    },
  };
}

function readSchema(
  text: WorkflowResponse['input_schema'],
): { schema?: Schema; problem?: string } | undefined {
  // An empty text is what the dashboard leaves behind.
  if (text === undefined || text === null || String(text).trim() === '') return undefined;
  const schema = parsed(text);
  const problem = schema === undefined ? 'it is not a JSON object' : problemOf(schema);
  return schema === undefined || problem !== undefined ? { problem: problem ?? '' } : { schema };
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
