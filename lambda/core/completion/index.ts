export { ActionClaim, Claim } from './claim.ts';
export { depthOf, recordRetry, recordStart, type Starter } from './lineage.ts';
export {
  begin,
  type CompletionDraft,
  conclude,
  fail,
  firstClaim,
  isRefused,
  isSettled,
  isUndecided,
  needsPlan,
  nextClaim,
  outcomeOf,
  postpone,
  standing,
  startAgain,
  succeed,
} from './transitions.ts';
export type { Worker, WorkerSettings } from './worker.ts';
