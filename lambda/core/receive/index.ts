export * from './read-webhook.ts';
export * from './receive.ts';
