import type { RehearsedAction } from '../../lambda/core/plan/index.ts';
import { isObject, type JsonObject } from '../json.ts';

/** The inputs that a call gives to a workflow, merged as Cyberdesk validates them. */
export interface Inputs {
  workflowId: string;
  values: JsonObject;
  /** Places of what is only known later, as JSON pointers: secrets, and outputs of earlier steps. */
  open: string[];
  /** The run keeps the sensitive inputs that it had. */
  keepsSensitive: boolean;
}

/** @param ownWorkflow Id of the workflow that has ended, for a retry of its run. */
export function inputsOf(action: RehearsedAction, ownWorkflow: string): Inputs[] {
  const body: JsonObject = JSON.parse(action.body);
  if (action.kind === 'startRun')
    return [inputs(body.workflow_id, body.input_values, body.sensitive_input_values)];
  if (action.kind === 'startChain') return chainInputs(body);
  // A retry without inputs of its own keeps those that it had.
  if (action.kind !== 'retryRun' || !isObject(body.input_values)) return [];
  const own = inputs(ownWorkflow, body.input_values, body.sensitive_input_values);
  return [{ ...own, keepsSensitive: !isObject(body.sensitive_input_values) }];
}

function chainInputs({ steps, shared_inputs, shared_sensitive_inputs }: JsonObject): Inputs[] {
  return (Array.isArray(steps) ? steps : [])
    .filter(isObject)
    .map((step) =>
      inputs(
        step.workflow_id,
        { ...objectOf(shared_inputs), ...objectOf(step.inputs) },
        { ...objectOf(shared_sensitive_inputs), ...objectOf(step.sensitive_inputs) },
      ),
    );
}

const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : {});

function inputs(workflowId: unknown, plain: unknown, sensitive: unknown): Inputs {
  const named = Object.entries(objectOf(sensitive)).map(([name, value]) => [`$${name}`, value]);
  const values = { ...objectOf(plain), ...Object.fromEntries(named) };
  return {
    workflowId: String(workflowId),
    values,
    // A secret is null here, and stands for a text.
    open: [...placesIn(values, ''), ...named.map(([name]) => `/${name}`)],
    keepsSensitive: false,
  };
}

/** Where a step takes the output of an earlier one. */
function* placesIn(value: unknown, path: string): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  if (isObject(value) && typeof value.$ref === 'string') yield path;
  else for (const [name, part] of Object.entries(value)) yield* placesIn(part, `${path}/${name}`);
}
