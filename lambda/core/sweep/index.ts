export type { SweepPorts, Swept } from './ports.ts';
export { sweep } from './sweep.ts';
