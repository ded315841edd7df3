export { ActionClaim, Claim } from './claim.ts';
export { depthOf, recordRetry, recordStart } from './lineage.ts';
export {
  begin,
  type CompletionDraft,
  fail,
  firstClaim,
  isRefused,
  isSettled,
  needsPlan,
  nextClaim,
  outcomeOf,
  postpone,
  standing,
  succeed,
} from './transitions.ts';
export type { Worker, WorkerSettings } from './worker.ts';
