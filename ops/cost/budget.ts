import { type CostLine, type LoadOptions, total } from './estimate.ts';

/** The load that the budget is for; the defaults of `cost`. */
export const USUAL: LoadOptions = { events: 1_000_000, bytes: 4096, followUps: 1, rate: 10, publishes: true };

/** What a million such events should cost at most, in US dollars, by follow-ups of each. */
const BUDGETS: Record<number, number> = { 0: 7, 1: 15 };

/** One sentence on whether the budget is met, and what exceeds it; undefined if there is none for this load. */
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
