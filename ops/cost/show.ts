import type { Io } from '../cli/io.ts';
import { ago, hint } from '../cli/show.ts';
import { table } from '../cli/table.ts';
import { ASSUMPTIONS } from './assumptions.ts';
import { compareWithBudget } from './budget.ts';
import { type CostLine, type LoadOptions, total } from './estimate.ts';
import { PRICES_AS_OF, PRICES_REGION } from './prices.ts';
import type { PricedTemplate } from './template.ts';

export interface Estimate {
  load: LoadOptions;
  template: PricedTemplate;
  perEvents: CostLine[];
  idle: CostLine[];
  active: CostLine[];
}

/** Prints the sums as tables, and where the numbers come from. */
export function showEstimate(io: Io, { load, template, perEvents, idle, active }: Estimate): void {
  const what = `${load.events.toLocaleString('en')} events of ${load.bytes} bytes, ${load.followUps} follow-up(s) each`;
  const sources = [...new Set([...perEvents, ...idle, ...active].map(({ source }) => source))];
  showLines(io, what, perEvents, sources);
  showLines(io, 'a month without events', idle, sources);
  showLines(io, 'added in a month with events, at most', active, sources);
  const budget = compareWithBudget(load, perEvents);
  const age = template.writtenAt === undefined ? '' : `, written ${ago(io, template.writtenAt)}`;
  const notes = [
    ...(budget === undefined ? [] : [budget]),
    `template: ${template.origin}${age}`,
    ...ASSUMPTIONS,
    `list prices of ${PRICES_REGION}, as of ${PRICES_AS_OF}, from:`,
  ];
  for (const note of notes) hint(io, `· ${note}`);
  for (const [index, source] of sources.entries()) hint(io, `  [${index + 1}] ${source}`);
}

function showLines(io: Io, title: string, lines: readonly CostLine[], sources: readonly string[]): void {
  const { bold } = io.color;
  io.out(`${bold(title)}: ${bold(dollars(total(lines)))}\n`);
  io.out(
    table(
      lines.toSorted((a, b) => b.usd - a.usd),
      [
        { title: 'COMPONENT', value: ({ component }) => component },
        { title: 'WHAT', value: ({ what }) => what },
        { title: 'USD', value: ({ usd }) => dollars(usd), align: 'right' },
        { title: 'QUANTITY', value: ({ quantity }) => figure(quantity), align: 'right' },
        { title: 'SOURCE', value: ({ source }) => `[${sources.indexOf(source) + 1}]` },
        { title: 'UNIT', value: ({ unit }) => unit },
      ],
    ),
  );
  io.out('\n');
}

const dollars = (usd: number): string => `$${usd.toFixed(2)}`;

const figure = (quantity: number): string =>
  quantity.toLocaleString('en', { maximumFractionDigits: quantity < 100 ? 2 : 0 });
