export * from './pause-gate.ts';
export * from './report-failure.ts';
