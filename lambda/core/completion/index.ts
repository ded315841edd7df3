export * from './claim.ts';
export * from './lineage.ts';
export * from './plan-bodies.ts';
export * from './transitions.ts';
export * from './worker.ts';
