import { setTimeout as wait } from 'node:timers/promises';
import { styleText } from 'node:util';
import { BadArgumentError } from '../errors.ts';

/** Input, output and clock of one run of the command; replaced by tests. */
export interface Io {
  out: (text: string) => void;
  err: (text: string) => void;
  input: NodeJS.ReadStream;
  /** Standard error, where progress shows, is a terminal; standard output may be redirected. */
  isTerminal: boolean;
  /** Width of the output in characters. */
  columns: number;
  /** A text in a colour, in bold or dim; unchanged where the output shows no colours. */
  style: (format: 'bold' | 'dim' | 'green' | 'red' | 'yellow', text: string) => string;
  /** Epoch milliseconds. */
  now: () => number;
  /** Waits for so many milliseconds, or until the signal. */
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
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
    isTerminal: process.stderr.isTTY ?? false,
    columns: process.stdout.columns || Number(process.env.COLUMNS) || 80,
    // On a terminal only, unless NO_COLOR or FORCE_COLOR is set.
    style: (format, text) => styleText(format, text, { stream: process.stdout }),
    now: Date.now,
    sleep: (ms, signal) => wait(ms, undefined, { ...(signal && { signal }) }).catch(() => undefined),
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
  return textOf(Buffer.concat(chunks));
}

/** What was piped, as text: UTF-8, or UTF-16 as older PowerShells write it. No text begins or goes on with a NUL. */
function textOf(bytes: Buffer): string {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || second === 0) return new TextDecoder('utf-16le').decode(bytes);
  if ((first === 0xfe && second === 0xff) || first === 0) return new TextDecoder('utf-16be').decode(bytes);
  return bytes.toString('utf8');
}
