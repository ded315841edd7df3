import pc from 'picocolors';

type Colors = ReturnType<typeof pc.createColors>;

/** The world of one run of the command; tests give their own. */
export interface Io {
  out: (text: string) => void;
  err: (text: string) => void;
  input: NodeJS.ReadStream;
  /** Standard output and standard error are terminals. */
  isTerminal: boolean;
  /** Width of the terminal in characters. */
  columns: number;
  color: Colors;
  /** Epoch milliseconds. */
  now: () => number;
}

/** Colour only on a terminal, unless NO_COLOR or FORCE_COLOR say otherwise. */
export function wantsColor(isTerminal: boolean, environment: NodeJS.ProcessEnv = process.env): boolean {
  if (environment.NO_COLOR) return false;
  if (environment.FORCE_COLOR && environment.FORCE_COLOR !== '0') return true;
  return isTerminal && environment.TERM !== 'dumb';
}

export function processIo(): Io {
  // Who reads the output has seen enough (`… | head`): no fault of anybody.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
  const isTerminal = Boolean(process.stdout.isTTY);
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    input: process.stdin,
    isTerminal: isTerminal && Boolean(process.stderr.isTTY),
    columns: process.stdout.columns || 100,
    color: pc.createColors(wantsColor(isTerminal)),
    now: Date.now,
  };
}
