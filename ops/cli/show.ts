import type { Call } from './command.ts';
import type { Io } from './io.ts';
import { relative } from './time.ts';

/** What a verb has to say: one indented JSON document for scripts, or whatever `inWords` prints for people. */
export function showResult({ io, options }: Call, document: unknown, inWords: () => void): void {
  if (options.json) io.out(`${JSON.stringify(document, undefined, 2)}\n`);
  else inWords();
}

/** A hint beside the result itself. */
export const hint = ({ out, color }: Io, text: string): void => out(color.dim(`${text}\n`));

/** `3m ago`, or a dash. */
export const ago = (io: Io, iso: string | undefined): string =>
  iso === undefined ? '-' : relative(Date.parse(iso), io.now());

const TONES: Record<string, 'green' | 'red' | 'yellow' | 'dim'> = {
  processed: 'green',
  success: 'green',
  good: 'green',
  ok: 'green',
  failed: 'red',
  error: 'red',
  bad: 'red',
  problem: 'red',
  stuck: 'red',
  task_failed: 'red',
  unprocessable: 'red',
  received: 'yellow',
  processing: 'yellow',
  pending: 'yellow',
  warning: 'yellow',
  open: 'yellow',
  ignored: 'dim',
  cancelled: 'dim',
  settled: 'dim',
};

/** A word in the colour of its meaning. */
export const tinted = ({ color }: Io, word: string, text = word): string => {
  const tone = TONES[word];
  return tone ? color[tone](text) : text;
};
