export { PauseGate } from './pause-gate.ts';
export { reportFailure } from './report-failure.ts';
