export { PauseGate } from './pause-gate.ts';
export { pauseEnd } from './pause-times.ts';
export { reportFailure } from './report-failure.ts';
