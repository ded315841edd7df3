export * from './batch.ts';
export * from './finish-event.ts';
export * from './handle-completion.ts';
export * from './identify-completion.ts';
export * from './process-message.ts';
export * from './read-message.ts';
export * from './reopen.ts';
