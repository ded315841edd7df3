export type { Refusal } from './judge.ts';
export { settle } from './settle.ts';
export type { SettlePorts, Wish } from './wish.ts';
