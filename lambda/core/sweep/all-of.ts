/**
 * Waits for all of them, also after one has failed: an invocation does not end with calls on their way.
 *
 * @throws What the first of them failed with.
 */
export async function allOf<T>(work: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
