import { stripVTControlCharacters } from 'node:util';
import { COMMAND } from '../stage/command-line.ts';
import type { Call } from './command.ts';
import type { Io } from './io.ts';
import { relative } from './time.ts';

/** Prints a verb's result: one indented JSON document for scripts, or what `inWords` prints for people. */
export function showResult({ io, options }: Call, document: unknown, inWords: () => void): void {
  if (options.json) io.out(`${JSON.stringify(document, undefined, 2)}\n`);
  else inWords();
}

/** What to do next, or what else there is to know. */
export const hint = ({ out, style, columns }: Io, text: string): void =>
  out(style('dim', `${wrapped(text, columns, '')}\n`));

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

const GAP = '  ';
const INDENT = '    ';

/**
 * Aligned columns, two spaces apart. Columns that do not fit into the width of the output stand below their row, each with
 * its title, so nothing is cut off and no line is wrapped by the terminal.
 */
export function table<Row>(
  io: Pick<Io, 'columns' | 'style'>,
  rows: readonly Row[],
  columns: readonly Column<Row>[],
): string {
  const cells = rows.map((row) => columns.map(({ value }) => value(row)));
  const widths = columns.map(({ title }, index) =>
    Math.max(width(title), ...cells.map((line) => width(line[index] ?? ''))),
  );
  const fitting = countFitting(widths, io.columns);
  const lineOf = (line: readonly string[]): string =>
    line
      .slice(0, fitting)
      .map((cell, index) => padded(cell, widths[index] ?? 0, columns[index]?.align))
      .join(GAP)
      .trimEnd();
  const below = (line: readonly string[]): string[] => {
    const rest = columns.flatMap(({ title }, index) => {
      const cell = line[index] ?? '';
      return index < fitting || cell === '' || cell === '-' ? [] : `${io.style('dim', title)} ${cell}`;
    });
    return filled(rest, io.columns);
  };
  const titles = columns.map(({ title }) => title);
  return [lineOf(titles), ...cells.flatMap((line) => [lineOf(line), ...below(line)]), ''].join('\n');
}

/** How many leading columns fit. */
function countFitting(widths: readonly number[], space: number): number {
  let used = -GAP.length;
  const tooFar = widths.findIndex((each) => {
    used += GAP.length + each;
    return used > space;
  });
  return tooFar < 0 ? widths.length : Math.max(tooFar, 1);
}

function padded(cell: string, to: number, align: Column<never>['align']): string {
  const space = ' '.repeat(Math.max(to - width(cell), 0));
  return align === 'right' ? space + cell : cell + space;
}

/** Parts in indented lines; one that is longer than a line is broken at its words. */
function filled(parts: readonly string[], space: number): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const joined = lines.length === 0 ? undefined : `${lines.at(-1)}${GAP}${part}`;
    if (joined !== undefined && width(joined) <= space) lines.splice(-1, 1, joined);
    else lines.push(...wrapped(INDENT + part, space, INDENT).split('\n'));
  }
  return lines;
}

/** What is not broken: a command, which is there to be copied, what stands in quotes, and a word; with the spaces before it. */
const PART = new RegExp(String.raw`\s*(?:${COMMAND.source}[^\s]*|"[^"]*"|\S+)`, 'g');

/** A text broken at its spaces, with what is continued indented; a part that is too long stays whole. */
export function wrapped(text: string, space: number, indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const part of text.match(PART) ?? []) {
    if (width(line + part) > space && line.trim() !== '') {
      lines.push(line);
      line = indent + part.trimStart();
    } else line += part;
  }
  return [...lines, line].join('\n');
}
