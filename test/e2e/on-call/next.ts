/** The workflow that the rules start. */
export const NEXT = '11111111-1111-4111-8111-111111111111';
