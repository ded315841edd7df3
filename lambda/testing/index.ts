/** What the test of a follow-ups file imports. */
export { finishedRun, type PlanOptions, planFor, RuleFailedError } from './plan-for.ts';
