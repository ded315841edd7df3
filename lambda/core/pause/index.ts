export { pauseEnd } from './pause-end.ts';
export { type Invocation, PauseGate, type Subject } from './pause-gate.ts';
export { reportFailure } from './report-failure.ts';
