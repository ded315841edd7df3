/**
 * Work that a signal (Ctrl-C) ends between two of its steps, so that it can report what was done and how to continue.
 * A second signal ends the process at once.
 */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
): Promise<{ result: T; interrupted: boolean }> {
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  try {
    const result = await work(stop.signal);
    return { result, interrupted: stop.signal.aborted };
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}
