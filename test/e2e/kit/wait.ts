import { setTimeout as delay } from 'node:timers/promises';

/** Shorter than the time limit of a test, and far longer than any wait, even on a busy machine. */
const TIMEOUT_MS = 300_000;

/** Polls until `probe` returns something, and otherwise fails with what was awaited. */
export async function waitFor<T>(
  what: string,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  timeoutMs = TIMEOUT_MS,
): Promise<T> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const found = await probe();
    if (found) return found;
    if (performance.now() > end) throw new Error(`timed out after ${timeoutMs} ms waiting for ${what}`);
    await delay(20);
  }
}
