export { type ActionClaim, actionsOf } from './action-claim.ts';
export {
  begin,
  conclude,
  type FailedTry,
  fail,
  holdBack,
  isOpen,
  isRefused,
  isSettled,
  isUndecided,
  postpone,
  startAgain,
  succeed,
} from './action-states.ts';
export { Claim } from './claim.ts';
export { keptFor } from './kept-for.ts';
export { depthOf, recordRetry, recordStart, type Starter } from './lineage.ts';
export {
  type CompletionDraft,
  firstClaim,
  needsPlan,
  nextClaim,
  outcomeOf,
  standing,
} from './transitions.ts';
export type { Worker, WorkerSettings } from './worker.ts';
