export { type CarriedOut, carryOut, type Failing } from './carry-out.ts';
export { listedFrom } from './doubt.ts';
