import { InvalidArgumentError } from 'commander';
import { MAX_BODY_BYTES } from '../../lambda/core/store/index.ts';
import { type Call, EXIT, type ExitCode, verb } from '../cli/command.ts';
import { showResult } from '../cli/show.ts';
import { positive, upTo1000 } from '../cli/values.ts';
import { LocalRunNotFoundError } from '../errors.ts';
import { stackNameOf } from '../stage/stage.ts';
import { type CostLine, costOfActiveMonth, costOfEvents, costOfIdleMonth, total } from './estimate.ts';
import { type Lever, leversOf } from './levers.ts';
import { withPriceList } from './price-list.ts';
import { ASSUMPTIONS, PRICES, PRICES_REGION, type Prices } from './prices.ts';
import { type Estimate, oldestOf, showEstimate, USUAL } from './show.ts';
import {
  type PricedTemplate,
  readDeployedTemplate,
  readTemplateFile,
  synthesizedTemplate,
} from './template.ts';

type CostCall = Call<{
  events: number;
  size: number;
  followUps: number;
  rate: number;
  publish: boolean;
  explain: boolean;
  prices: string[];
  template?: string;
  deployed?: boolean;
}>;

export const costCommand = verb({
  name: 'cost',
  description: 'estimates what events and an idle month cost, from the template of a stage',
  examples: ['cost --stage prod --explain', 'cost --events 250000 --follow-ups 0.5'],
  options: (command) =>
    command
      .option('--events <count>', 'number of events', positive, USUAL.events)
      .option('--size <bytes>', "size of an event's body", bodySize, USUAL.bytes)
      .option('--follow-ups <count>', 'follow-up runs per event, on average', followUps, USUAL.followUps)
      .option('--rate <per second>', 'events per second while they arrive', upTo1000, USUAL.rate)
      .option('--publish', 'each event is published as well', false)
      .option('--explain', 'print what would save money, and how much', false)
      .option(
        '--prices <file>',
        "prices of another region: an offer file of AWS's Price List API; may be repeated, one for each service",
        (file, files: string[]) => [...files, file],
        [],
      )
      .option(
        '--template <file>',
        'template to read (default: that of the local run, or the synthesized one in cdk.out)',
      )
      .option('--deployed', 'read the deployed template instead'),
  run: cost,
});

async function cost(call: CostCall): Promise<ExitCode> {
  const { options } = call;
  const template = await templateOf(call);
  const { events, size: bytes, followUps: count, rate: perSecond, publish: publishes } = options;
  const load = { events, bytes, followUps: count, rate: perSecond, publishes };
  const prices = options.prices.reduce<Prices>(withPriceList, PRICES);
  const { parts } = template;
  const estimate: Estimate = {
    load,
    template,
    perEvents: costOfEvents(parts, load, prices),
    idle: costOfIdleMonth(parts, prices),
    active: costOfActiveMonth(parts, prices),
    ...(options.explain && { levers: leversOf(parts, load, prices) }),
  };
  showResult(call, documentOf(estimate), () => showEstimate(call.io, estimate));
  return EXIT.ok;
}

const documentOf = ({ load, template, perEvents, idle, active, levers }: Estimate) => ({
  prices: { as_of: oldestOf([...perEvents, ...idle, ...active]), region: PRICES_REGION, currency: 'USD' },
  template: template.origin,
  load,
  events: withTotal(perEvents),
  idle_month: withTotal(idle),
  active_month: withTotal(active),
  assumptions: ASSUMPTIONS,
  ...(levers && { levers: levers satisfies Lever[] }),
});

const withTotal = (lines: readonly CostLine[]) => ({ total: total(lines), lines });

/** For the local run, the one that it runs; if it is not running, that of dev, which it runs by default. */
async function templateOf({ find, connect, options }: CostCall): Promise<PricedTemplate> {
  const isLocal = options.stage === 'local';
  const stage = isLocal ? 'dev' : options.stage;
  if (options.deployed) return readDeployedTemplate(await find({ ...options, stage }));
  const running = isLocal && !options.template ? await connect(options).catch(ignoreNotFound) : undefined;
  return readTemplateFile(
    options.template ?? running?.templateFile ?? synthesizedTemplate(stackNameOf(stage, options.name)),
  );
}

function ignoreNotFound(error: unknown): undefined {
  if (!(error instanceof LocalRunNotFoundError)) throw error;
}

function bodySize(text: string): number {
  const bytes = positive(text);
  if (bytes > MAX_BODY_BYTES)
    throw new InvalidArgumentError(`Give at most ${MAX_BODY_BYTES}, since larger bodies are rejected.`);
  return bytes;
}

function followUps(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 100))
    throw new InvalidArgumentError('Give a number, 0 to 100.');
  return value;
}
