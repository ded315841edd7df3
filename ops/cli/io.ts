import { setTimeout as wait } from 'node:timers/promises';
import { styleText } from 'node:util';
import { BadArgumentError } from '../errors.ts';

/** Input, output and clock of one run of the command; replaced by tests. */
export interface Io {
  out: (text: string) => void;
  err: (text: string) => void;
  input: NodeJS.ReadStream;
  /** Standard output and standard error are terminals. */
  isTerminal: boolean;
  /** Width of the terminal in characters. */
  columns: number;
  /** A text in a colour, in bold or dim; unchanged where the output shows no colours. */
  style: (format: 'bold' | 'dim' | 'green' | 'red' | 'yellow', text: string) => string;
  /** Epoch milliseconds. */
  now: () => number;
  /** Waits for so many milliseconds. */
  sleep: (ms: number) => Promise<void>;
}

export function processIo(): Io {
  // Whoever reads the output may stop early (`… | head`), which is not an error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    input: process.stdin,
    isTerminal: process.stdout.isTTY && process.stderr.isTTY,
    columns: process.stdout.columns || 100,
    // On a terminal only, unless NO_COLOR or FORCE_COLOR is set.
    style: (format, text) => styleText(format, text, { stream: process.stdout }),
    now: Date.now,
    sleep: (ms) => wait(ms),
  };
}

/** All of standard input, as text. @param limit in bytes @throws BadArgumentError if the input is longer */
export async function readInput({ input }: Io, limit = Number.POSITIVE_INFINITY): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > limit) throw new BadArgumentError(`standard input is longer than ${limit} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}
