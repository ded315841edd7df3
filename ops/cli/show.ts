import type { Io } from './io.ts';
import { relative } from './time.ts';

/** JSON for machines: one document, indented, with a line's end. */
export const showJson = (io: Io, value: unknown): void => io.out(`${JSON.stringify(value, undefined, 2)}\n`);

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
