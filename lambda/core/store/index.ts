export * from './body.ts';
export * from './compare-and-swap.ts';
export * from './pieces.ts';
