import { table } from '../ops/cli/show.ts';
import type { Row, Spread } from './figures.ts';
import type { Machine } from './machine.ts';

/** What `bench/results.json` holds. */
export interface Results {
  /** ISO time. */
  readonly taken: string;
  /** Whether so few samples were taken that the figures say nothing. */
  readonly isQuick: boolean;
  readonly seconds: number;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly rows: readonly Row[];
}

/** The whole table, with a heading for each part. */
export function inWords({ rows, machine, versions, seconds, isQuick }: Results): string {
  const { platform, processor, cores, memoryGb, load } = machine;
  const head = [
    `${processor}, ${cores} cores, ${memoryGb} GB, ${platform}, load ${load} before the first sample`,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
    `${Math.round(seconds)} s${isQuick ? '; QUICK: too few samples to say anything' : ''}`,
  ];
  const parts = [...new Set(rows.map(({ part }) => part))].map(
    (part) => `${part}\n${tableOf(rows.filter((row) => row.part === part))}`,
  );
  return [`${head.join('\n')}\n`, ...parts].join('\n');
}

/** A line for each figure, or, where each is one number, a column for each subject. */
const tableOf = (rows: readonly Row[]): string =>
  rows.every(({ figure, ratios }) => figure.samples === 1 && Object.keys(ratios).length === 0)
    ? tableBySubject(rows)
    : tableByFigure(rows);

function tableBySubject(rows: readonly Row[]): string {
  const subjects = [...new Set(rows.map(({ subject }) => subject))];
  const lines = [...new Set(rows.map(labelOf))];
  return table(lines, [
    { title: '', value: (line) => line },
    ...subjects.map((title) => ({
      title,
      align: 'right' as const,
      value: (line: string) => {
        const row = rows.find((each) => labelOf(each) === line && each.subject === title);
        return row === undefined ? '' : shown(row.figure.median);
      },
    })),
  ]);
}

const labelOf = ({ what, unit }: Row): string => (unit === '' ? what : `${what}, ${unit}`);

const tableByFigure = (rows: readonly Row[]): string =>
  table(rows, [
    { title: '', value: labelOf },
    { title: '', value: ({ subject }) => subject },
    { title: 'median', value: ({ figure }) => shown(figure.median), align: 'right' },
    { title: 'quartiles', value: ({ figure }) => between(figure), align: 'right' },
    {
      title: 'ratio',
      value: ({ ratios }) =>
        Object.entries(ratios)
          .map(([other, ratio]) => `${ratio.median.toFixed(2)} × ${other} (${between(ratio)})`)
          .join(', '),
    },
  ]);

const between = ({ low, high, samples }: Spread): string =>
  samples > 1 ? `${shown(low)} to ${shown(high)}` : '';

/** Three digits are more than any of these figures is good for. */
const shown = (value: number): string => {
  const digits = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
};

/** A page with this table between its marks. */
export const withTable = (page: string, results: Results): string =>
  page.replace(
    /(?<=<!-- bench -->\n)[\s\S]*?(?=<!-- end -->)/,
    () => `\`\`\`text\n${inWords(results)}\`\`\`\n`,
  );
