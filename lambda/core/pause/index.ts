export { pauseEnd } from './pause-end.ts';
export { PauseGate } from './pause-gate.ts';
export { reportFailure } from './report-failure.ts';
