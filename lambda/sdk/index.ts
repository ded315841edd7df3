/** Calls of the official SDK, the npm package `cyberdesk`, under idempotency keys that survive a crash. */
export type { Cause } from './call-key.ts';
export { KeyedTwiceError, KeysNotSentError } from './errors.ts';
export { type KeyedClientOptions, type KeyedWork, keyedClient, type OfficialClient } from './keyed-client.ts';
