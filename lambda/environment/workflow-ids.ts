import type { Field } from './fields.ts';

const SUFFIX = '_WORKFLOW_ID';
/** What stands before it. */
const VARIABLE = /^[A-Z][A-Z0-9_]*$/;

/** The setting `workflowIds`, one variable per workflow; a variable without a value is left out. */
export const workflowIds: Field<Readonly<Record<string, string>>> = {
  name: `*${SUFFIX}`,
  read(environment) {
    const ids: Record<string, string> = {};
    for (const [variable, id] of Object.entries(environment)) {
      const name = variable.slice(0, -SUFFIX.length);
      if (!id || !variable.endsWith(SUFFIX) || !VARIABLE.test(name)) continue;
      ids[name.toLowerCase().replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())] = id;
    }
    return ids;
  },
  write: (ids) => Object.fromEntries(Object.entries(ids).map(([name, id]) => [workflowVariable(name), id])),
};

/** `next` → `NEXT_WORKFLOW_ID`, `intakeForm` → `INTAKE_FORM_WORKFLOW_ID`. */
export const workflowVariable = (name: string): string =>
  name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toUpperCase() + SUFFIX;

/** Whether a rule sees the workflow under the name that the setting gives it. */
export const keepsItsName = (name: string): boolean =>
  Object.keys(workflowIds.read(workflowIds.write({ [name]: 'id' })))[0] === name;
