import { type Command, InvalidArgumentError } from 'commander';
import { MAX_BODY_BYTES } from '../../lambda/core/store/index.ts';
import { type Context, EXIT, type StageOptions, verb } from '../cli/command.ts';
import type { Io } from '../cli/io.ts';
import { ago, showJson } from '../cli/show.ts';
import { table } from '../cli/table.ts';
import { ASSUMPTIONS } from '../cost/assumptions.ts';
import { compareWithBudget, USUAL } from '../cost/budget.ts';
import { type CostLine, costOfActiveMonth, costOfEvents, costOfIdleMonth, total } from '../cost/estimate.ts';
import { PRICES_AS_OF, PRICES_REGION } from '../cost/prices.ts';
import { readDeployedTemplate, readTemplate, synthesizedTemplate, type Template } from '../cost/template.ts';
import { LocalRunNotFoundError } from '../errors.ts';
import { stackNameOf } from '../stage/stage.ts';
import { positive, rate } from './filter-options.ts';

interface CostOptions extends StageOptions {
  events: number;
  size: number;
  followUps: number;
  rate: number;
  publish: boolean;
  template?: string;
  deployed?: boolean;
}

/** `cost` */
export function costCommand(context: Context): Command {
  const { io } = context;
  const command = verb('cost', 'what events and an idle month cost, from the template of a stage', [
    'cost --stage prod',
    'cost --events 250000 --size 16384 --follow-ups 0.5',
  ])
    .option('--events <count>', 'how many events', positive, USUAL.events)
    .option('--size <bytes>', "size of an event's body", bodySize, USUAL.bytes)
    .option('--follow-ups <count>', 'follow-up runs per event, on average', followUps, USUAL.followUps)
    .option('--rate <per second>', 'how many come per second while they come', rate, USUAL.rate)
    .option('--no-publish', 'events are not published (the shipped rules publish each)')
    .option(
      '--template <file>',
      'template to read (default: what the local run runs, or the synthesized one in cdk.out)',
    )
    .option('--deployed', 'read the deployed template instead');
  return command.action(async () => {
    const options = command.opts<CostOptions>();
    const { parts, origin, writtenAt } = await templateOf(context, options);
    const { events, size: bytes, followUps: count, rate: perSecond, publish: publishes } = options;
    const load = { events, bytes, followUps: count, rate: perSecond, publishes };
    const perEvents = await costOfEvents(parts, load);
    const idle = costOfIdleMonth(parts);
    const active = costOfActiveMonth(parts);
    if (options.json) {
      showJson(io, {
        prices: { as_of: PRICES_AS_OF, region: PRICES_REGION, currency: 'USD' },
        template: origin,
        load,
        events: { total: total(perEvents), lines: perEvents },
        idle_month: { total: total(idle), lines: idle },
        active_month: { total: total(active), lines: active },
        assumptions: ASSUMPTIONS,
      });
    } else {
      const what = `${events.toLocaleString('en')} events of ${bytes} bytes, ${count} follow-up(s) each`;
      const sources = [...new Set([...perEvents, ...idle, ...active].map(({ source }) => source))];
      show(io, what, perEvents, sources);
      show(io, 'a month in which nothing comes', idle, sources);
      show(io, 'on top in a month in which events come, at most', active, sources);
      const budget = compareWithBudget(load, perEvents);
      const notes = [
        ...(budget === undefined ? [] : [budget]),
        `template: ${origin}${writtenAt === undefined ? '' : `, written ${ago(io, writtenAt)}`}`,
        ...ASSUMPTIONS,
        `list prices of ${PRICES_REGION}, as of ${PRICES_AS_OF}, from:`,
      ];
      for (const note of notes) io.out(io.color.dim(`· ${note}\n`));
      for (const [index, source] of sources.entries()) io.out(io.color.dim(`  [${index + 1}] ${source}\n`));
    }
    context.exitCode = EXIT.ok;
  });
}

/** Of the local run the one that it runs; while there is none, that of dev, as it runs no other by default. */
async function templateOf({ find, connect }: Context, options: CostOptions): Promise<Template> {
  const isLocal = options.stage === 'local';
  const stage = isLocal ? 'dev' : options.stage;
  if (options.deployed) {
    const { clients, stackName } = await find({ ...options, stage });
    return readDeployedTemplate(clients, stackName);
  }
  const running = isLocal && !options.template ? await connect(options).catch(whenAway) : undefined;
  return readTemplate(
    options.template ?? running?.templateFile ?? synthesizedTemplate(stackNameOf(stage, options.name)),
  );
}

function whenAway(error: unknown): undefined {
  if (!(error instanceof LocalRunNotFoundError)) throw error;
}

function show(io: Io, title: string, lines: readonly CostLine[], sources: readonly string[]): void {
  const { color } = io;
  const dollars = (usd: number) => `$${usd.toFixed(2)}`;
  const rows = lines.toSorted((a, b) => b.usd - a.usd);
  io.out(`${color.bold(title)}: ${color.bold(dollars(total(lines)))}\n`);
  io.out(
    table(rows, [
      { title: 'COMPONENT', value: ({ component }) => component },
      { title: 'WHAT', value: ({ what }) => what },
      { title: 'USD', value: ({ usd }) => dollars(usd), align: 'right' },
      { title: 'QUANTITY', value: ({ quantity }) => figure(quantity), align: 'right' },
      { title: 'SOURCE', value: ({ source }) => `[${sources.indexOf(source) + 1}]` },
      { title: 'UNIT', value: ({ unit }) => unit },
    ]),
  );
  io.out('\n');
}

const figure = (quantity: number): string =>
  quantity.toLocaleString('en', { maximumFractionDigits: quantity < 100 ? 2 : 0 });

function bodySize(text: string): number {
  const bytes = positive(text);
  if (bytes > MAX_BODY_BYTES)
    throw new InvalidArgumentError(`Give at most ${MAX_BODY_BYTES}: larger bodies are refused.`);
  return bytes;
}

function followUps(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 100))
    throw new InvalidArgumentError('Give a number, 0 to 100.');
  return value;
}
