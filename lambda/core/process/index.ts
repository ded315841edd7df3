export { processBatch } from './batch.ts';
export { hideFor } from './deferral.ts';
export type { Verdict } from './finish-event.ts';
export { type Message, processMessage } from './process-message.ts';
export { type ReadMessage, readMessage } from './read-message.ts';
export { nextRound, reopen } from './reopen.ts';
