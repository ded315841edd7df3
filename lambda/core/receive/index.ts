export { parseJson } from './read-webhook.ts';
export { type Receipt, receive } from './receive.ts';
