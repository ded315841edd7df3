export { askRules } from './ask-rules.ts';
export {
  type AnnouncementExecution,
  type ApiCall,
  type Call,
  executionOf,
  isApiCall,
} from './kinds/index.ts';
export { plan, settleRetries } from './plan.ts';
export { actionBody, KEEP_AHEAD, storeLargePlan } from './plan-bodies.ts';
export { areReferencesInPlace } from './reference-places.ts';
