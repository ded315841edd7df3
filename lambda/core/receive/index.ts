export { EVENT_TYPES, type Facts, readRun } from './event-types.ts';
export { parseJson } from './read-webhook.ts';
export { type Receipt, type ReceivePorts, receive } from './receive.ts';
