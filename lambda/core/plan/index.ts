export * from './ask-rules.ts';
export * from './plan.ts';
export * from './serialize.ts';
