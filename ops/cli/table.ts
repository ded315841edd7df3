import { stripVTControlCharacters } from 'node:util';

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
