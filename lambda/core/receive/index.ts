export { parseJson } from './read-webhook.ts';
export { type Receipt, type ReceivePorts, receive } from './receive.ts';
