export * from './sweep.ts';
