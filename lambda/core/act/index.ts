export * from './announce.ts';
export * from './call-cyberdesk.ts';
export * from './carry-out.ts';
export * from './classify.ts';
export * from './doubt.ts';
export * from './look-up.ts';
export * from './resolve-placeholders.ts';
