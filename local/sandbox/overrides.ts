import type { FunctionModel } from '../template/model.ts';

/** The workflow that the shipped rule starts when the stage has none; the fake API accepts any. */
export const DEFAULT_NEXT_WORKFLOW_ID = '7d3f0a52-6c1e-4b8a-9f27-3e5d8c1b4a60';

/** The function that has the URL of the Cyberdesk API starts runs. */
const startsRuns = (fn: FunctionModel) => fn.environment.CYBERDESK_API_URL !== undefined;

/** Variables of the caller's environment that replace those of the template. */
export function overridingVariables(environment: NodeJS.ProcessEnv): Record<string, string> {
  const found = Object.entries(environment).flatMap(([name, value]) =>
    value && /^[A-Z][A-Z0-9_]*_WORKFLOW_ID$/.test(name) ? [[name, value] as const] : [],
  );
  return Object.fromEntries(found);
}

/** Values that replace a function's variables. Workflow ids also go to a function that starts runs but lacks them. */
export function functionOverrides(
  fn: FunctionModel,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const applying = Object.entries(given).filter(
    ([name]) => fn.environment[name] !== undefined || (startsRuns(fn) && name.endsWith('_WORKFLOW_ID')),
  );
  const standIn =
    startsRuns(fn) && fn.environment.NEXT_WORKFLOW_ID === undefined
      ? { NEXT_WORKFLOW_ID: DEFAULT_NEXT_WORKFLOW_ID }
      : {};
  return { ...standIn, ...Object.fromEntries(applying) };
}
