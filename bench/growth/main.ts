/**
 * `node bench/growth/main.ts [--write]`: what the model says of the scenarios, as tables; with `--write`, also the plots of
 * docs/performance.md; with `--check`, only how long a small backlog takes in the local run, beside what the model says.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readAssembly } from '../../local/template/assembly.ts';
import { PROJECT_ROOT, synthesize } from '../../local/template/synth.ts';
import { table } from '../../ops/cli/show.ts';
import { costOfEvents, total } from '../../ops/cost/estimate.ts';
import { useOfEvent } from '../../ops/cost/event-use.ts';
import { type Parts, readParts } from '../../ops/cost/parts.ts';
import { PRICES } from '../../ops/cost/prices.ts';
import { compareWithLocalRun } from './compare.ts';
import { type Flow, flowOf } from './flow.ts';
import { eventsOfProcessor, limitsOf, type Situation } from './limits.ts';
import { svgOf } from './plot.ts';
import { BACKLOG, BACKLOG_PROCESSORS, BACKLOG_SITUATION, PACE, SCENARIOS } from './scenarios.ts';

// With the shipped rules, whatever a customer has made of theirs.
const APP = join(PROJECT_ROOT, 'test/app/app.ts');
const DAY = 86_400;
const WIDE = { columns: Number.POSITIVE_INFINITY, style: (_: string, text: string) => text };

if (process.argv.includes('--check')) {
  console.log(await compareWithLocalRun(APP));
  process.exit();
}
const parts = await readTemplate();
const flows = SCENARIOS.map(({ title, situation, arrival }) => ({
  title,
  perSecond: arrival.perSecond,
  flow: flowOf(situation, PACE, arrival, unitsOf(situation)),
  usd: usdOf(situation, 1_000_000),
}));
console.log(scenariosInWords());
console.log(backlogInWords());
if (process.argv.includes('--write')) {
  write(
    'growth-queue.svg',
    'Age of the oldest event: 100 events a second for ten minutes',
    flows.slice(1, 4),
  );
}

async function readTemplate(): Promise<Parts> {
  const { directory, release } = await synthesize(PROJECT_ROOT, 'dev', { app: APP });
  const { template } = await readAssembly(directory, 'dev');
  release();
  const read = readParts(JSON.stringify(template));
  if (read === undefined) throw new Error('the template is not that of a stage');
  return read;
}

function loadOf({ bodyKb, followUps }: Situation) {
  return { bytes: bodyKb * 1024, followUps, publishes: true };
}

function unitsOf(situation: Situation): number {
  return useOfEvent(loadOf(situation), parts.retention).writeUnits;
}

function usdOf(situation: Situation, events: number): number {
  return total(costOfEvents(parts, { ...loadOf(situation), events, rate: 10 }, PRICES));
}

function scenariosInWords(): string {
  return table(WIDE, flows, [
    { title: 'arrivals', value: ({ title }) => title },
    { title: 'accepted', value: ({ flow }) => number(flow.accepted), align: 'right' },
    { title: 'sent again later', value: ({ flow }) => number(flow.refused), align: 'right' },
    { title: 'verifiers', value: ({ flow }) => number(flow.concurrency.verifiers), align: 'right' },
    { title: 'processors', value: ({ flow }) => number(flow.concurrency.processors), align: 'right' },
    { title: 'oldest', value: ({ flow }) => duration(flow.oldest), align: 'right' },
    { title: 'done after', value: ({ flow }) => duration(flow.drained), align: 'right' },
    { title: 'usd/million', value: ({ usd }) => usd.toFixed(2), align: 'right' },
    { title: 'held back by', value: ({ flow }) => heldBack(flow) },
  ]);
}

function heldBack({ met }: Flow): string {
  return met.map(({ name, perSecond }) => `${name} ${number(perSecond)}/s`).join(', ') || 'nothing';
}

function backlogInWords(): string {
  const rows = BACKLOG_PROCESSORS.map((processors) => {
    const situation = { ...BACKLOG_SITUATION, processors };
    const queue = limitsOf(situation, PACE, unitsOf(situation)).find(({ at }) => at === 'queue');
    return { processors, queue, seconds: BACKLOG / (queue?.perSecond ?? eventsOfProcessor(situation, PACE)) };
  });
  return table(WIDE, rows, [
    { title: `backlog of ${number(BACKLOG)}: processors`, value: ({ processors }) => number(processors) },
    { title: 'events/s', value: ({ queue }) => number(queue?.perSecond ?? 0), align: 'right' },
    { title: 'done after', value: ({ seconds }) => duration(seconds), align: 'right' },
    { title: 'first limit', value: ({ queue }) => queue?.name ?? '' },
    { title: 'moved by', value: ({ queue }) => queue?.movedBy ?? '' },
  ]);
}

function write(name: string, title: string, of: typeof flows): void {
  const lines = of.map(({ title: line, flow }) => ({
    title: line,
    points: flow.moments.map(({ at, age }) => [at / 60, age / 60] as const),
  }));
  const file = join(PROJECT_ROOT, 'docs', name);
  writeFileSync(file, svgOf({ title, x: 'minutes since the first event', y: 'minutes', lines }));
}

function number(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: value < 10 ? 1 : 0 });
}

function duration(seconds: number): string {
  if (seconds < 120) return `${number(seconds)} s`;
  if (seconds < 2 * 3600) return `${number(seconds / 60)} min`;
  return seconds < 2 * DAY ? `${number(seconds / 3600)} h` : `${number(seconds / DAY)} days`;
}
