import * as own from '#handler';

/**
 * The handler of a function of the customer's, whose file an alias puts in the place of `#handler`. Were their file the entry of
 * the bundle, a CommonJS one would have a default export and nothing else, and Lambda would find no handler.
 */
export const { handler } = own;
