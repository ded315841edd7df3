import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../local/template/synth.ts';
import { table } from '../ops/cli/show.ts';
import type { Row, Spread } from './figures.ts';

/** What `bench/results.json` holds. */
export interface Results {
  /** ISO time. */
  readonly taken: string;
  readonly machine: ReturnType<typeof describeMachine>;
  readonly versions: Readonly<Record<string, string>>;
  readonly rows: readonly Row[];
}

/** What the figures depend on. A load of more than a few makes them worthless: others wanted the cores. */
export const describeMachine = () => ({
  platform: `${process.platform} ${process.arch}`,
  processor: cpus()[0]?.model ?? 'unknown',
  cores: availableParallelism(),
  memoryGb: Math.round(totalmem() / 2 ** 30),
  loadBefore: Math.round((loadavg()[0] ?? 0) * 10) / 10,
});

/** Versions of what is measured; Express and its adapter are part of the comparison. */
export function readVersions(): Record<string, string> {
  const manifest = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8'));
  const all: Record<string, string> = { ...manifest.dependencies, ...manifest.devDependencies };
  const named = ['express', 'serverless-http', 'svix', '@aws-sdk/client-dynamodb', 'esbuild'];
  return { node: process.version, ...Object.fromEntries(named.map((name) => [name, all[name] ?? 'none'])) };
}

/** The whole table, with a heading for each part. */
export function inWords({ rows, machine, versions, taken }: Results): string {
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const { processor, cores, memoryGb, platform, loadBefore } = machine;
  const head = [
    `${taken.slice(0, 10)}, ${processor}, ${cores} cores, ${memoryGb} GB, ${platform}, load ${loadBefore} before`,
    named.join(', '),
  ];
  const parts = Map.groupBy(rows, ({ part }) => part);
  return [`${head.join('\n')}\n`, ...[...parts].map(([part, of]) => `${part}\n${tableOf(of)}`)].join('\n');
}

/** A column for each subject where each figure is one number, and otherwise a line for each figure. */
function tableOf(rows: readonly Row[]): string {
  if (rows.some(({ figure }) => figure.samples > 1)) return tableOfSpreads(rows);
  const bySubject = [...new Set(rows.map(({ subject }) => subject))].map((title) => ({
    title,
    align: 'right' as const,
    value: ([, of]: [string, Row[]]) =>
      of
        .filter(({ subject }) => subject === title)
        .map(medianOf)
        .join(''),
  }));
  return table(
    WIDE,
    [...Map.groupBy(rows, ({ what }) => what)],
    [{ title: '', value: ([what]) => what }, ...bySubject],
  );
}

const tableOfSpreads = (rows: readonly Row[]): string =>
  table(WIDE, rows, [
    { title: '', value: ({ what }) => what },
    { title: '', value: ({ subject }) => subject },
    { title: 'median', value: medianOf, align: 'right' },
    { title: 'quartiles', value: ({ figure }) => between(figure), align: 'right' },
    {
      title: 'ratio',
      value: ({ ratios }) =>
        Object.entries(ratios)
          .map(([other, ratio]) => `${ratio.median.toFixed(2)} × ${other} (${between(ratio)})`)
          .join(', '),
    },
  ]);

/** The report is read in files as well as in terminals. */
const WIDE = { columns: Number.POSITIVE_INFINITY, style: (_: string, text: string) => text };

const medianOf = ({ figure }: Row): string => shown(figure.median);
const between = ({ low, high }: Spread): string => `${shown(low)} to ${shown(high)}`;

/** Three digits are more than any of these figures is good for. */
function shown(value: number): string {
  const digits = value >= 100 || Number.isInteger(value) ? 0 : value >= 10 ? 1 : 2;
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** A page with this table between its marks. */
export const withTable = (page: string, results: Results): string =>
  page.replace(
    /(?<=<!-- bench -->\n)[\s\S]*?(?=<!-- end -->)/,
    () => `\`\`\`text\n${inWords(results)}\`\`\`\n`,
  );
