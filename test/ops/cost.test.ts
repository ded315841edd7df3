import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  PROCESSOR_METRICS,
  SWEEPER_METRICS,
  VERIFIER_METRICS,
} from '../../lambda/core/model/metric-names.ts';
import { type CostLine, total } from '../../ops/cost/estimate.ts';
import { useOfEvent } from '../../ops/cost/event-use.ts';
import { PRICES } from '../../ops/cost/prices.ts';
import { compareWithBudget, USUAL } from '../../ops/cost/show.ts';
import { findDeployed } from '../../ops/stage/deployed.ts';
import { awsError, stubAws } from './support/aws.ts';
import { run } from './support/command.ts';

const file = join(tmpdir(), `cost-${process.pid}.template.json`);
const resources = {
  Verifier: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      MemorySize: 1024,
      Architectures: ['arm64'],
      Environment: { Variables: { POWERTOOLS_SERVICE_NAME: 'verifier' } },
    },
  },
  Processor: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      MemorySize: 512,
      Architectures: ['arm64'],
      TracingConfig: { Mode: 'Active' },
      Environment: { Variables: { POWERTOOLS_SERVICE_NAME: 'processor' } },
    },
  },
  Secret: { Type: 'AWS::SecretsManager::Secret' },
  Sweeper: {
    Type: 'AWS::Lambda::Function',
    Properties: { Environment: { Variables: { POWERTOOLS_SERVICE_NAME: 'sweeper' } } },
  },
  Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: { MetricName: 'EventAccepted' } },
  MathAlarm: {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      Metrics: [
        { Id: 'sum', Expression: 'SUM([FILL(a, 0), FILL(b, 0)])' },
        { Id: 'a', MetricStat: {}, ReturnData: false },
        { Id: 'b', MetricStat: {}, ReturnData: false },
      ],
    },
  },
  Composite: { Type: 'AWS::CloudWatch::CompositeAlarm', Properties: { AlarmRule: 'TRUE' } },
  Filter: { Type: 'AWS::Logs::MetricFilter', Properties: { MetricTransformations: [{ MetricName: 'x' }] } },
  Table: {
    Type: 'AWS::DynamoDB::Table',
    Properties: { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } },
  },
  Sweep: { Type: 'AWS::Events::Rule', Properties: { ScheduleExpression: 'rate(15 minutes)' } },
};

interface Estimate {
  events: { total: number; lines: CostLine[] };
  idle_month: { total: number; lines: CostLine[] };
  active_month: { total: number; lines: CostLine[] };
}

async function estimate(...argv: string[]): Promise<Estimate> {
  return (await run(['cost', '--json', '--template', file, ...argv])).json();
}
const usd = ({ events }: Estimate, component: string) =>
  total(events.lines.filter((one) => one.component === component));

beforeAll(() => writeFile(file, JSON.stringify({ Resources: resources })));

describe('cost', () => {
  it('the totals of the estimate are the sums of their lines, and each line names its price and source', async () => {
    const { events, idle_month, active_month } = await estimate();
    for (const { total: sum, lines } of [events, idle_month, active_month]) {
      expect(sum).toBeCloseTo(
        lines.reduce((all, { quantity, price }) => all + quantity * price, 0),
        6,
      );
      for (const { source, as_of } of lines) {
        expect(source).toMatch(/^https:\/\/aws\.amazon\.com\/\S*pricing\/(on-demand\/)?$/);
        expect(as_of).toMatch(/^\d{4}-\d{2}$/);
      }
    }
  });

  it('the estimate grows with events, size and follow-ups', async () => {
    const base = await estimate();
    expect((await estimate('--events', '2000000')).events.total).toBeCloseTo(2 * base.events.total, 6);
    expect(usd(await estimate('--size', '65536'), 'table')).toBeGreaterThan(usd(base, 'table'));
    const [none, half] = [await estimate('--follow-ups', '0'), await estimate('--follow-ups', '0.5')];
    expect(none.events.total).toBeLessThan(half.events.total);
    expect(half.events.total).toBeCloseTo((none.events.total + base.events.total) / 2, 6);
  });

  it('the estimate follows the template', async () => {
    const { events, idle_month } = await estimate();
    expect(events.lines.some(({ component, what }) => component === 'verifier' && what === 'traces')).toBe(
      false,
    );
    expect(events.lines.some(({ component, what }) => component === 'processor' && what === 'traces')).toBe(
      true,
    );
    const secrets = idle_month.lines.find(({ component }) => component === 'secrets');
    expect(secrets).toMatchObject({ quantity: 1, usd: PRICES.secret.usd });
    const sweeps = idle_month.lines.find(
      ({ component, what }) => component === 'sweeper' && what === 'requests',
    );
    expect(sweeps?.quantity).toBe(2920);
  });

  it('each metric that an alarm reads is counted, and each composite alarm', async () => {
    const { idle_month } = await estimate();
    const line = (name: string) => idle_month.lines.find(({ what }) => what === name);
    expect(line('alarms')).toMatchObject({ quantity: 3 });
    expect(line('composite alarms')).toMatchObject({ quantity: 1, usd: 0.5 });
  });

  it('every custom metric is counted once: idle, for successful events, or for everything else', async () => {
    const { idle_month, active_month } = await estimate();
    const all = [...VERIFIER_METRICS, ...PROCESSOR_METRICS, ...SWEEPER_METRICS, 'from a log filter'];
    const lines = [...idle_month.lines, ...active_month.lines].filter(({ what }) => /^metrics/.test(what));
    expect(lines.map(({ quantity }) => quantity)).toEqual([1, 6, all.length - 7]);
    for (const line of lines) expect(line).toMatchObject({ component: 'monitoring', price: 0.3 });
  });

  it('point-in-time recovery is priced for the table without its global indexes', async () => {
    const { events } = await estimate();
    const of = (what: string) => events.lines.find((line) => line.what === what)?.quantity ?? 0;
    const retention = { eventDays: 90, bodyDays: 90, completionDays: 180 };
    const { tableByteMonths, storedByteMonths } = useOfEvent(USUAL, retention);
    // For three months the by-day index has an entry for the event: its keys, and what a list shows.
    expect(storedByteMonths - tableByteMonths).toBeGreaterThan(3 * 200);
    expect(of('recovery') / of('kept 90 to 180 days')).toBeCloseTo(tableByteMonths / storedByteMonths, 6);
  });

  it('storage is priced for the retention in the template', async () => {
    const kept = async (eventDays: number, completionDays: number) => {
      const Variables = {
        POWERTOOLS_SERVICE_NAME: 'verifier',
        EVENT_RETENTION_DAYS: String(eventDays),
        COMPLETION_RETENTION_DAYS: String(completionDays),
      };
      const Verifier = { Type: 'AWS::Lambda::Function', Properties: { Environment: { Variables } } };
      await writeFile(`${file}.kept`, JSON.stringify({ Resources: { Verifier } }));
      const { events } = await estimate('--template', `${file}.kept`);
      return events.lines.find(({ what }) => what === `kept ${eventDays} to ${completionDays} days`)
        ?.quantity;
    };
    const [short, shorter, long] = [await kept(90, 180), await kept(30, 180), await kept(90, 360)];
    const [events, completions] = [((short ?? 0) - (shorter ?? 0)) / 60, ((long ?? 0) - (short ?? 0)) / 180];
    expect(90 * events + 180 * completions).toBeCloseTo(short ?? 0, 1);
    expect(events).toBeGreaterThan(completions);
  });

  it('calls to KMS are priced where a key of the customer encrypts the stores, the fewer the more events share them', async () => {
    const Properties = {
      SSESpecification: { SSEEnabled: true, KMSMasterKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] } },
    };
    const Table = { Type: 'AWS::DynamoDB::Table', Properties };
    await writeFile(`${file}.key`, JSON.stringify({ Resources: { ...resources, Table } }));
    const requests = async (...argv: string[]) =>
      (await estimate(...argv)).events.lines.find(({ component }) => component === 'key')?.quantity;

    expect(await requests()).toBeUndefined();
    expect(await requests('--template', `${file}.key`, '--rate', '10')).toBeCloseTo(9e6 / 3000, 6);
    expect(await requests('--template', `${file}.key`, '--rate', '0.001')).toBe(9e6);
  });

  it('the line for outgoing data names its page of prices', () => {
    expect(PRICES['data-out'].source).toBe('https://aws.amazon.com/ec2/pricing/on-demand/');
  });

  it('fewer traces are sampled at a higher rate', async () => {
    const traces = async (rate: string) =>
      (await estimate('--rate', rate)).events.lines.find(({ what }) => what === 'traces')?.quantity;
    expect(await traces('1')).toBe(1_000_000);
    expect(await traces('100')).toBeCloseTo(59_500, 0);
  });

  it('cost reports a missing template with what to do', async () => {
    const { code, err } = await run(['cost', '--template', '/nowhere.json']);
    expect([code, err]).toEqual([2, expect.stringContaining('cdk synth')]);
  });

  it('cost --deployed reads the deployed template, or reports that the stack does not exist', async () => {
    const stack = { DescribeStacks: { Stacks: [{ StackStatus: 'CREATE_COMPLETE' }] } };
    const template = { GetTemplate: { TemplateBody: JSON.stringify({ Resources: resources }) } };
    const ask = (answers: Record<string, unknown>, ...argv: string[]) =>
      run(['cost', '--deployed', ...argv], {
        find: (options) => findDeployed({ ...options, region: 'eu-west-1' }, stubAws(answers).clients),
      });
    expect(await ask({ ...stack, ...template })).toMatchObject({ code: 0 });
    const none = awsError('ValidationError', 'Stack with id CyberdeskWebhooks-dev does not exist');
    const { code, err } = await ask({ DescribeStacks: none });
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(
        /stack CyberdeskWebhooks-dev does not exist in eu-west-1: deploy it \(npm run deploy -- dev\)/,
      ),
    ]);
  });

  it('the text output of the estimate is a table', async () => {
    const { code, out } = await run(['cost', '--template', file]);
    expect(code).toBe(0);
    expect(out).toMatch(/^1,000,000 events of 4096 bytes.*\$\d+\.\d\d\nCOMPONENT/);
  });

  it('each line of the estimate has a footnote with address and date', async () => {
    const { out } = await run(['cost', '--template', file]);
    const { events, idle_month, active_month } = await estimate();
    const notes = new Map(
      [...out.matchAll(/^ {2}\[(\d+)\] (\S+)$/gm)].map(([, number, url]) => [number, url]),
    );
    expect(out).toMatch(/as of \d{4}-\d{2} or later, from:\n {2}\[1\]/);
    for (const { component, what, source } of [...events.lines, ...idle_month.lines, ...active_month.lines]) {
      const row = out.split('\n').find((line) => line.startsWith(component) && line.includes(`  ${what}  `));
      expect([row, notes.get(/ \[(\d+)\] /.exec(row ?? '')?.[1])]).toEqual([expect.any(String), source]);
    }
  });

  it('cost compares the budget for the default load and names the largest components', async () => {
    const said = async (...argv: string[]) =>
      /^· (.*budget.*)$/m.exec((await run(['cost', '--template', file, ...argv])).out)?.[1];
    for (const [followUps, budget] of [
      ['1', 15],
      ['0', 9],
    ] as const) {
      const { events } = await estimate('--follow-ups', followUps);
      const over = (events.total - budget).toFixed(2);
      const table = usd(await estimate('--follow-ups', followUps), 'table').toFixed(2);
      const line = `$${over} above the budget of $${budget}.00 per million; mostly table $${table}, `;
      expect(await said('--follow-ups', followUps)).toContain(line);
      expect(await said('--follow-ups', followUps, '--events', '500')).toContain(line);
    }
    expect(await said('--size', '16384')).toBeUndefined();
    expect(await said('--follow-ups', '0.5')).toBeUndefined();
    const cheap = [{ component: 'table', usd: 14.99 }] as CostLine[];
    expect(compareWithBudget(USUAL, cheap)).toBe('within the budget of $15.00 per million');
  });

  it('README.md and the settings give what cost computes for the shipped stages', async () => {
    const [readme, options] = await Promise.all(
      ['README.md', 'lib/settings/shared-options.ts'].map((path) => readFile(path, 'utf8')),
    );
    const of = async (template: string, ...argv: string[]): Promise<Estimate> =>
      (
        await run([
          'cost',
          '--json',
          '--template',
          `test/golden/__golden__/template/${template}.json`,
          ...argv,
        ])
      ).json();
    const dollars = (usd: number) => `$${usd.toFixed(1)}0`;
    const perMillion = async (...argv: string[]) => {
      const [now, less] = [await of('dev', ...argv), await of('economy', ...argv)];
      return [dollars(now.events.total), dollars(less.events.total)] as const;
    };
    const [one, none] = [await perMillion(), await perMillion('--follow-ups', '0')];
    const [dev, prod] = [await of('dev'), await of('prod')];
    expect(dev.idle_month.total).toBeLessThanOrEqual(4);

    for (const row of [
      `each with one follow-up | about ${one[0]}; ${one[1]} with \`profile: 'economy'\` |`,
      `without follow-ups | about ${none[0]}; ${none[1]} with \`profile: 'economy'\` |`,
      `| an idle stage with \`monitoring: 'basic'\` | about ${dollars(dev.idle_month.total)} a month:`,
      `| an idle stage with \`monitoring: 'full'\` | about ${dollars(prod.idle_month.total)} a month:`,
      `in addition | at most $${dev.active_month.total.toFixed(2)}, for custom metrics`,
    ])
      expect(readme).toContain(row);
    expect(options).toContain(
      `about ${one[1]} per million events of 4 KB with one follow-up each and ${none[1]}`,
    );
    expect(options).toContain(`instead of ${one[0]} and ${none[0]}.`);
  });

  it('a million events of 4 KB stay within the write units of the design', async () => {
    const units = async (...argv: string[]) =>
      (await estimate(...argv)).events.lines.find(({ what }) => what === 'writes')?.quantity;

    expect([await units(), await units('--follow-ups', '0')]).toEqual([8_000_000, 6_000_000]);
  });

  it('each price was seen within a year: look it up again, and write the month beside it', () => {
    const yearAgo = new Date(Date.now() - 365 * 86_400_000).toISOString().slice(0, 7);

    const old = Object.entries(PRICES).filter(([, { seen }]) => seen < yearAgo);

    expect(old).toEqual([]);
  });

  it('cost --explain says what each lever would save, the largest first, and what is done already', async () => {
    const { levers } = (await run(['cost', '--json', '--explain', '--template', file])).json() as unknown as {
      levers: { lever: string; saves: number }[];
    };
    const saves = (name: string) => levers.find(({ lever }) => lever === name)?.saves;
    const { out } = await run(['cost', '--explain', '--template', file]);

    expect(levers.map((one) => one.saves)).toEqual(levers.map((one) => one.saves).sort((a, b) => b - a));
    // 14.5% of a million, by X-Ray's sampling at 10 a second; of the two functions, one is traced.
    expect(saves('traces')).toBeCloseTo(0.725, 3);
    expect(saves('publications')).toBe(0);
    expect(saves('all of economy')).toBeGreaterThan(saves('recovery (economy)') ?? 0);
    expect(out).toMatch(/^traces +\$0\.7[23]/m);
    expect(out).toMatch(/^publications +done/m);
  });

  it('more messages come in a batch while all processors are busy, or wait for one another', async () => {
    const sent = async (...argv: string[]) =>
      (await estimate(...argv)).events.lines.find(({ what }) => what === 'send, receive, delete')?.quantity;
    const withSource = async (window: number) => {
      const Properties = {
        BatchSize: 5,
        ScalingConfig: { MaximumConcurrency: 2 },
        MaximumBatchingWindowInSeconds: window,
      };
      const Source = { Type: 'AWS::Lambda::EventSourceMapping', Properties };
      await writeFile(`${file}.batch`, JSON.stringify({ Resources: { ...resources, Source } }));
      return `${file}.batch`;
    };
    const template = ['--template', await withSource(0)];

    expect(await sent(...template, '--rate', '1')).toBe(3_000_000);
    expect(await sent(...template, '--rate', '100')).toBe(1_400_000);
    expect(await sent('--template', await withSource(2), '--follow-ups', '0')).toBe(1_500_000);
  });

  it('cost --prices takes the offer file of another region, and leaves the other prices as they are', async () => {
    const offer = {
      offerCode: 'AmazonDynamoDB',
      publicationDate: '2026-10-05T00:00:00Z',
      products: { SKU: { attributes: { usagetype: 'EUC1-WriteRequestUnits' } } },
      terms: {
        OnDemand: {
          SKU: {
            'SKU.T': {
              priceDimensions: {
                free: { beginRange: '0', pricePerUnit: { USD: '0.0000000000' } },
                later: { beginRange: '100', pricePerUnit: { USD: '0.0000001' } },
                first: { beginRange: '10', pricePerUnit: { USD: '0.00000075' } },
              },
            },
          },
        },
      },
    };
    await writeFile(`${file}.offer`, JSON.stringify(offer));

    const { events } = await estimate('--prices', `${file}.offer`);

    const line = (name: string) => events.lines.find(({ what }) => what === name);
    expect(line('writes')).toMatchObject({ price: 0.000_000_75, source: `${file}.offer`, as_of: '2026-10' });
    expect(line('reads')).toMatchObject({ price: PRICES['dynamodb-read-unit'].usd });
  });

  it.each([
    ['is not an offer file', '{}', /is not an offer file of AWS's Price List API/],
    [
      'is about another service',
      '{"offerCode":"AmazonS3","publicationDate":"2026","products":{},"terms":{"OnDemand":{}}}',
      /\(AmazonS3\) has no price of what this service uses/,
    ],
  ])('cost --prices refuses a file that %s', async (_, text, said) => {
    await writeFile(`${file}.bad`, text);

    const { code, err } = await run(['cost', '--template', file, '--prices', `${file}.bad`]);

    expect([code, err]).toEqual([2, expect.stringMatching(said)]);
  });

  it('cost --prices reports a missing file', async () => {
    const { code, err } = await run(['cost', '--template', file, '--prices', '/nowhere.json']);

    expect([code, err]).toEqual([2, expect.stringContaining('there is no file /nowhere.json')]);
  });

  it('cost names the template by its full path, and refuses one of another service', async () => {
    const named = relative(process.cwd(), file);
    expect((await run(['cost', '--template', named])).out).toContain(`template: ${file}, written `);
    expect((await run(['cost', '--template', named, '--json'])).json()).toMatchObject({ template: file });
    const other = `${file}.other`;
    await writeFile(other, JSON.stringify({ Resources: { Queue: { Type: 'AWS::SQS::Queue' } } }));
    const { code, err } = await run(['cost', '--template', other]);
    expect([code, err]).toEqual([2, expect.stringContaining(`${other} is not a template of this service`)]);
  });
});
