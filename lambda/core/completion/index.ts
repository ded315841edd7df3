export { type ActionClaim, actionsOf } from './action-claim.ts';
export { begin, fail, isRefused, isSettled, postpone, succeed } from './action-states.ts';
export { Claim } from './claim.ts';
export { depthOf, recordRetry, recordStart } from './lineage.ts';
export {
  type CompletionDraft,
  firstClaim,
  needsPlan,
  nextClaim,
  outcomeOf,
  standing,
} from './transitions.ts';
export type { Worker, WorkerSettings } from './worker.ts';
