/** The results of work on each thing, in the order of the things, with at most so many of them at work at once. */
export async function* inOrder<T, R>(
  things: Iterable<T> | AsyncIterable<T>,
  atOnce: number,
  work: (thing: T) => Promise<R>,
): AsyncGenerator<R> {
  const running: Promise<R>[] = [];
  for await (const thing of things) {
    const one = work(thing);
    // Whoever waits for it below sees its failure.
    one.catch(() => undefined);
    running.push(one);
    const first = running.length < atOnce ? undefined : running.shift();
    if (first !== undefined) yield await first;
  }
  for (const one of running) yield await one;
}
