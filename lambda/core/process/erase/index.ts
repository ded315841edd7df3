export { type ErasePorts, type Erasure, eraseEvent } from './erase.ts';
export type { EraseRefusal } from './judge.ts';
