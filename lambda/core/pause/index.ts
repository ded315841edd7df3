export type { Subject } from './failure-tally.ts';
export { PauseGate } from './pause-gate.ts';
export { delayWithoutPause, heldUntil, pauseEnd, unavailableFor } from './pause-times.ts';
export { reportFailure } from './report-failure.ts';
