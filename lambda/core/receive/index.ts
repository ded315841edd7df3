export { parseJson } from './read-webhook.ts';
export { type DeliveryFacts, type Receipt, type ReceivePorts, receive } from './receive.ts';
