import type { Field, Fields } from '../../lambda/environment/fields.ts';
import { workflowVariable } from '../../lambda/environment/workflow-ids.ts';

type Variables = Record<string, string>;

/** The variables from which a function reads these values. */
export function writeEnvironment<T extends object>(fields: Fields<T>, values: NoInfer<T>): Variables {
  const variables: Variables = {};
  for (const key in fields) Object.assign(variables, write(fields[key], values[key]));
  return variables;
}

function write({ name, unit = 1, optional }: Field<unknown>, value: unknown): Variables {
  if (Array.isArray(value)) return optional && value.length === 0 ? {} : { [name]: value.join(',') };
  if (typeof value === 'number') return { [name]: String(value / unit) };
  if (typeof value !== 'object' || value === null) return { [name]: String(value) };
  // The one field that is a record: the ids of workflows by name.
  return Object.fromEntries(Object.entries(value).map(([key, id]) => [workflowVariable(key), String(id)]));
}
