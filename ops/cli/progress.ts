import type { Call } from './command.ts';
import type { Io } from './io.ts';

const CLEAR_LINE = '\r\x1b[2K';

/** Between two updates of the line, milliseconds. */
const INTERVAL = 100;

/**
 * Work that reports on one line of standard error, which is overwritten and cleared at the end. The line shows on a
 * terminal only, and not beside JSON, so that logs stay free of it.
 */
export async function withProgress<T>(
  { io, options: { json } }: Call,
  work: (update: (text: string) => void) => Promise<T>,
): Promise<T> {
  if (json || !io.isTerminal) return work(() => undefined);
  let last = 0;
  try {
    return await work((text) => {
      if (io.now() - last < INTERVAL) return;
      last = io.now();
      io.err(`${CLEAR_LINE}${text.slice(0, io.columns - 1)}`);
    });
  } finally {
    if (last > 0) io.err(CLEAR_LINE);
  }
}

/** A warning on a line of its own, also while progress shows. */
export const warn = (io: Io, text: string): void =>
  io.err(`${io.isTerminal ? CLEAR_LINE : ''}warning: ${text}\n`);
