export { type Asked, askRules } from './ask-rules.ts';
export {
  type AnnouncementExecution,
  type ApiCall,
  type Call,
  type Execution,
  executionOf,
  needsOf,
  runsStartedWith,
  type StartedWith,
} from './kinds/index.ts';
export { windowAround } from './kinds/look-up-window.ts';
export { resemblance } from './kinds/resemblance.ts';
export { reasonOf, record, settleRetries } from './plan.ts';
export {
  actionBody,
  keepActionBody,
  keepFailedActionBody,
  keepPlanBodies,
  readActionBody,
  storeLargePlan,
  withKey,
  withStoredBodies,
} from './plan-bodies.ts';
export { areReferencesInPlace } from './reference-places.ts';
export { type Question, type Rehearsed, type RehearsedAction, rehearse } from './rehearse.ts';
