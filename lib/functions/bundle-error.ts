/** A bundle cannot be made, or cannot be loaded. The message is one line that names the file and what is wrong. */
export class BundleError extends Error {
  override name = 'BundleError';
}
