import type { Io } from './io.ts';

export interface Progress {
  update(text: string): void;
  /** Clears the line. */
  done(): void;
}

/** One line on standard error that is written over, on a terminal only: logs stay free of it. */
export function progress(io: Io, enabled = true): Progress {
  if (!enabled || !io.isTerminal) return { update: () => undefined, done: () => undefined };
  let last = 0;
  return {
    update(text) {
      if (io.now() - last < 100) return;
      last = io.now();
      io.err(`\r\x1b[2K${text.slice(0, io.columns - 1)}`);
    },
    done() {
      if (last > 0) io.err('\r\x1b[2K');
    },
  };
}
