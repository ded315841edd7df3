export * from './items.ts';
export * from './keys.ts';
export * from './metric-names.ts';
export * from './ports.ts';
export * from './reasons.ts';
export * from './time.ts';
