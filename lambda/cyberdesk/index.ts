/** The client of Cyberdesk's API and its models, for code of one's own beside the rules. */
export { type CyberdeskClient, createCyberdeskClient } from './client.ts';
export type { ClientOptions } from './options.ts';
export type { RunCompletedEvent, RunCreate, RunResponse } from './types.ts';
