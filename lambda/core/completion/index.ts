export { type ActionClaim, actionsOf } from './action-claim.ts';
export {
  begin,
  conclude,
  type FailedTry,
  fail,
  holdBack,
  isFromBeforeRestore,
  isOpen,
  isRefused,
  isSettled,
  isUndecided,
  isUndecidedFor,
  lookedUpFirst,
  lostSpan,
  postpone,
  startAgain,
  succeed,
} from './action-states.ts';
export { depthOf, hasLedTo } from './ancestry.ts';
export { Claim } from './claim.ts';
export { keptFor } from './kept-for.ts';
export { recordRetry, recordStart, type Starter } from './lineage.ts';
export { startKeys } from './start-keys.ts';
export {
  type CompletionDraft,
  firstClaim,
  needsPlan,
  nextClaim,
  outcomeOf,
  standing,
} from './transitions.ts';
export type { Worker, WorkerSettings } from './worker.ts';
