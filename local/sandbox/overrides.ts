import type { FunctionModel } from '../template/model.ts';

/** The workflow that the shipped rule starts where the stage names none; the fake API takes any. */
export const DEFAULT_NEXT_WORKFLOW_ID = '7d3f0a52-6c1e-4b8a-9f27-3e5d8c1b4a60';

/** The function that knows the Cyberdesk API is the one that starts runs. */
const startsRuns = (fn: FunctionModel) => fn.environment.CYBERDESK_API_URL !== undefined;

/** Variables of the caller's environment that replace those of the template. */
export function overridingVariables(environment: NodeJS.ProcessEnv): Record<string, string> {
  const found = Object.entries(environment).filter(
    ([name, value]) => /^[A-Z][A-Z0-9_]*_WORKFLOW_ID$/.test(name) && value,
  );
  return Object.fromEntries(found) as Record<string, string>;
}

/** What replaces a function's variables. Workflow ids go to whoever starts runs, whether the stage names them or not. */
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
