export { type CarriedOut, carryOut, type Failing } from './carry-out.ts';
export { isUnknownToApi } from './classify.ts';
