/** The function's environment lacks something that its stack should have set. */
export class EnvironmentError extends Error {
  override name = 'EnvironmentError';
}

/** A variable that the stack always sets. @throws EnvironmentError */
export function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') {
    throw new EnvironmentError(`${name} is not set; deploy the stack again`);
  }
  return value;
}

/** A number that the stack always sets. @throws EnvironmentError */
export function requiredNumber(name: string): number {
  const value = Number(required(name));
  if (!Number.isFinite(value)) throw new EnvironmentError(`${name} is not a number; deploy the stack again`);
  return value;
}

/** A comma-separated list; empty or unset is an empty list. */
export const list = (name: string): string[] =>
  (process.env[name] ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');

/** `NEXT_WORKFLOW_ID=…` → `{ next: … }`: the stage setting `workflowIds`, as rules see it. */
export function workflowIds(environment: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const ids: Record<string, string> = {};
  for (const [variable, id] of Object.entries(environment)) {
    const name = /^([A-Z][A-Z0-9_]*)_WORKFLOW_ID$/.exec(variable)?.[1];
    if (name === undefined || !id) continue;
    ids[name.toLowerCase().replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())] = id;
  }
  return ids;
}
