export { type CarriedOut, carryOut } from './carry-out.ts';
export { isTransient } from './classify.ts';
