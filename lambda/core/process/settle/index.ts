export { type Refusal, undecidedActions } from './judge.ts';
export { type Settlement, settle } from './settle.ts';
export type { SettlePorts, Wish } from './wish.ts';
