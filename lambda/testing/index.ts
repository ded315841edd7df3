/** What the test of a follow-ups file imports. */
export {
  downedMachines,
  finishedRun,
  type PlanOptions,
  planFor,
  RuleFailedError,
  type Webhook,
} from './plan-for.ts';
