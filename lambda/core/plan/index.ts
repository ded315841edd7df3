export { askRules } from './ask-rules.ts';
export {
  type AnnouncementExecution,
  type ApiCall,
  type Call,
  executionOf,
  isApiCall,
  type StartedWith,
} from './kinds/index.ts';
export { actionBody, KEEP_AHEAD, readActionBody, storeLargePlan, withKey } from './plan-bodies.ts';
export { areReferencesInPlace } from './reference-places.ts';
