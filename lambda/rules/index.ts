/** What a follow-ups file imports. */
export { ExactNumber } from '../json/exact-number.ts';
export {
  type Action,
  type ChainBody,
  type ChainStepBody,
  type Correlation,
  notify,
  outputAttachments,
  publish,
  type RetryBody,
  type RunBody,
  retryRun,
  secret,
  startChain,
  startRun,
} from './actions.ts';
export { failedChecks } from './checks.ts';
export {
  actionsAfter,
  type Finished,
  type FinishedRun,
  type FollowUps,
  followUps,
  type RuleDefinition,
} from './rule.ts';
