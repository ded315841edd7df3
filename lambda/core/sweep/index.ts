export type { SweepPorts, Waiting } from './ports.ts';
export { sweep } from './sweep.ts';
