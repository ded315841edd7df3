export { processBatch } from './batch.ts';
export { hideFor } from './deferral.ts';
export { type EraseRefusal, eraseEvent } from './erase/index.ts';
export type { Outcome } from './finish-event.ts';
export { type MessageFacts, processMessage } from './process-message.ts';
export { readMessage } from './read-message.ts';
export { canBeReplanned, nextRound } from './reopen.ts';
export {
  type Refusal,
  type SettlePorts,
  settle,
  type Wish,
} from './settle/index.ts';
