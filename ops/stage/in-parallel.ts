/** Does the work for each thing, for at most so many of them at once; ends with the first failure. */
export async function inParallel<T>(
  things: AsyncIterable<T> | Iterable<T>,
  atOnce: number,
  work: (thing: T) => Promise<void>,
): Promise<void> {
  const running = new Set<Promise<void>>();
  for await (const thing of things) {
    const one = work(thing).finally(() => running.delete(one));
    // Whoever waits for it below sees its failure.
    one.catch(() => undefined);
    running.add(one);
    if (running.size >= atOnce) await Promise.race(running);
  }
  await Promise.all(running);
}
