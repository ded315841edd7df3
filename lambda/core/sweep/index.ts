export type { SweepPorts } from './ports.ts';
export { sweep } from './sweep.ts';
