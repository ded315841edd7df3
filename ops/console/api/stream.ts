/** What a piece of work pushes while it runs, as it comes; ends when the work does. */
export async function* stream<T>(work: (push: (value: T) => void) => Promise<void>): AsyncGenerator<T> {
  const waiting: T[] = [];
  let wake = (): void => undefined;
  let running = true;
  const ended = work((value) => {
    waiting.push(value);
    wake();
  }).finally(() => {
    running = false;
    wake();
  });
  // Heard of below, once what was pushed before has been handed on.
  ended.catch(() => undefined);
  while (running || waiting.length > 0) {
    const next = waiting.shift();
    if (next !== undefined) yield next;
    else {
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (!running) resolve();
      });
    }
  }
  await ended;
}
