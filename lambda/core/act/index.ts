export { type CarriedOut, carryOut } from './carry-out.ts';
export { isUnknownToApi } from './classify.ts';
