/** Separates the completions of single events, where that mistake is planted. */
export const OWN = '@';

/** A promise was broken; the message names the promise, and what broke it. */
export class BrokenPromiseError extends Error {
  override name = 'BrokenPromiseError';
}
