import type { Io } from '../cli/io.ts';
import { plural } from '../cli/plural.ts';
import { ago, hint, table } from '../cli/show.ts';
import { type CostLine, type LoadOptions, total } from './estimate.ts';
import type { Lever } from './levers.ts';
import { ASSUMPTIONS, PRICES_REGION } from './prices.ts';
import type { PricedTemplate } from './template.ts';

export interface Estimate {
  load: LoadOptions;
  template: PricedTemplate;
  perEvents: CostLine[];
  idle: CostLine[];
  active: CostLine[];
  /** If they were asked for. */
  levers?: Lever[];
}

export function showEstimate(io: Io, { load, template, perEvents, idle, active, levers }: Estimate): void {
  const what = `${load.events.toLocaleString('en')} events of ${load.bytes} bytes, ${plural(load.followUps, 'follow-up')} each`;
  const sources = [...new Set([...perEvents, ...idle, ...active].map(({ source }) => source))];
  showLines(io, what, perEvents, sources);
  showLines(io, 'a month without events', idle, sources);
  showLines(io, 'added in a month with events, at most', active, sources);
  if (levers) showLevers(io, levers);
  const budget = compareWithBudget(load, perEvents);
  const age = template.writtenAt === undefined ? '' : `, written ${ago(io, template.writtenAt)}`;
  const notes = [
    ...(budget === undefined ? [] : [budget]),
    `template: ${template.origin}${age}`,
    ...ASSUMPTIONS,
    `list prices of ${PRICES_REGION} unless given, as of ${oldestOf([...perEvents, ...idle, ...active])} or later, from:`,
  ];
  for (const note of notes) hint(io, `· ${note}`);
  for (const [index, source] of sources.entries()) hint(io, `  [${index + 1}] ${source}`);
}

function showLines(io: Io, title: string, lines: readonly CostLine[], sources: readonly string[]): void {
  io.out(`${io.style('bold', title)}: ${io.style('bold', dollars(total(lines)))}\n`);
  io.out(
    table(
      io,
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

function showLevers(io: Io, levers: readonly Lever[]): void {
  io.out(`${io.style('bold', 'what would save money, each by itself')}\n`);
  io.out(
    table(io, levers, [
      { title: 'LEVER', value: ({ lever }) => lever },
      { title: 'SAVES', value: ({ saves }) => (saves < 0.005 ? 'done' : dollars(saves)), align: 'right' },
      { title: 'CHANGE', value: ({ change }) => change },
    ]),
  );
  io.out('\n');
}

/** When the oldest of the prices was last seen, `YYYY-MM`. */
export const oldestOf = (lines: readonly CostLine[]): string =>
  lines
    .map(({ as_of }) => as_of)
    .sort()
    .at(0) ?? '';

const dollars = (usd: number): string => `$${usd.toFixed(2)}`;

const figure = (quantity: number): string =>
  quantity.toLocaleString('en', { maximumFractionDigits: quantity < 100 ? 2 : 0 });

/** The load that the budget is for; the defaults of `cost`. */
export const USUAL: LoadOptions = {
  events: 1_000_000,
  bytes: 4096,
  followUps: 1,
  rate: 10,
  publishes: false,
};

/** What a million such events should cost at most, in US dollars, by follow-ups of each. */
const BUDGETS: Record<number, number> = { 0: 9, 1: 15 };

/** One sentence on whether the budget is met, and what exceeds it; undefined if no budget is set for this load. */
export function compareWithBudget(load: LoadOptions, lines: readonly CostLine[]): string | undefined {
  const budget = BUDGETS[load.followUps];
  const isUsual = (['bytes', 'rate', 'publishes'] as const).every((name) => load[name] === USUAL[name]);
  if (budget === undefined || !isUsual) return undefined;
  const perMillion = USUAL.events / load.events;
  const over = total(lines) * perMillion - budget;
  const meant = `the budget of $${budget.toFixed(2)} per million`;
  if (over <= 0) return `within ${meant}`;
  const shares = byComponent(lines).map(([name, usd]) => `${name} $${(usd * perMillion).toFixed(2)}`);
  return `$${over.toFixed(2)} above ${meant}; mostly ${shares.slice(0, 3).join(', ')}`;
}

/** Components and their sums, the largest first. */
function byComponent(lines: readonly CostLine[]): [string, number][] {
  const sums = new Map<string, number>();
  for (const { component, usd } of lines) sums.set(component, (sums.get(component) ?? 0) + usd);
  return [...sums].sort(([, a], [, b]) => b - a);
}
