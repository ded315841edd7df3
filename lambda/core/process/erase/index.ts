export { eraseEvent } from './erase.ts';
export type { EraseRefusal } from './judge.ts';
