import { stripVTControlCharacters } from 'node:util';
import type { Call } from './command.ts';
import type { Io } from './io.ts';
import { relative } from './time.ts';

/** Prints a verb's result: one indented JSON document for scripts, or what `inWords` prints for people. */
export function showResult({ io, options }: Call, document: unknown, inWords: () => void): void {
  if (options.json) io.out(`${JSON.stringify(document, undefined, 2)}\n`);
  else inWords();
}

export const hint = ({ out, style }: Io, text: string): void => out(style('dim', `${text}\n`));

/** `3m ago`, or a dash. */
export const ago = (io: Io, iso: string | undefined): string =>
  iso === undefined ? '-' : relative(Date.parse(iso), io.now());

const TONES: ['green' | 'red' | 'yellow' | 'dim', string[]][] = [
  ['green', ['processed', 'success', 'good', 'ok']],
  ['red', ['failed', 'error', 'bad', 'problem', 'stuck', 'task_failed', 'unprocessable']],
  ['yellow', ['received', 'processing', 'pending', 'warning', 'open']],
  ['dim', ['ignored', 'cancelled', 'settled']],
];

/** A word in the colour of its meaning. */
export const tinted = ({ style }: Io, word: string, text = word): string => {
  const [tone] = TONES.find(([, words]) => words.includes(word)) ?? [];
  return tone ? style(tone, text) : text;
};

export interface Column<Row> {
  title: string;
  value: (row: Row) => string;
  align?: 'left' | 'right';
}

const width = (text: string): number => stripVTControlCharacters(text).length;

/** Aligned columns, two spaces apart. The last one is not padded, so lines have no trailing spaces. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const cells = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ value }) => value(row))),
  ];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => width(line[index] ?? ''))));
  const lines = cells.map((line) =>
    line
      .map((cell, index) => {
        const space = ' '.repeat((widths[index] ?? 0) - width(cell));
        if (columns[index]?.align === 'right') return space + cell;
        return index === columns.length - 1 ? cell : cell + space;
      })
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}
