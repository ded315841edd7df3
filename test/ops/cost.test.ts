import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type CostLine, total } from '../../ops/cost/estimate.ts';
import { PRICES } from '../../ops/cost/prices.ts';
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
  Alarm: { Type: 'AWS::CloudWatch::Alarm' },
  Sweep: { Type: 'AWS::Events::Rule', Properties: { ScheduleExpression: 'rate(15 minutes)' } },
};

interface Estimate {
  events: { total: number; lines: CostLine[] };
  idle_month: { total: number; lines: CostLine[] };
}

async function estimate(...argv: string[]): Promise<Estimate> {
  return (await run(['cost', '--json', '--template', file, ...argv])).json();
}
const usd = ({ events }: Estimate, component: string) =>
  total(events.lines.filter((one) => one.component === component));

beforeAll(() => writeFile(file, JSON.stringify({ Resources: resources })));

describe('cost', () => {
  it('adds up, and every line names its price and source', async () => {
    const { events, idle_month } = await estimate();
    for (const { total: sum, lines } of [events, idle_month]) {
      expect(sum).toBeCloseTo(
        lines.reduce((all, { quantity, price }) => all + quantity * price, 0),
        6,
      );
      for (const { source } of lines) expect(source).toMatch(/^https:\/\/aws\.amazon\.com\//);
    }
  });

  it('grows with events, size and follow-ups', async () => {
    const base = await estimate();
    expect((await estimate('--events', '2000000')).events.total).toBeCloseTo(2 * base.events.total, 6);
    expect(usd(await estimate('--size', '65536'), 'table')).toBeGreaterThan(usd(base, 'table'));
    const [none, half] = [await estimate('--follow-ups', '0'), await estimate('--follow-ups', '0.5')];
    expect(none.events.total).toBeLessThan(half.events.total);
    expect(half.events.total).toBeCloseTo((none.events.total + base.events.total) / 2, 6);
  });

  it('follows the template', async () => {
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

  it('traces fewer when many come at once', async () => {
    const traces = async (rate: string) =>
      (await estimate('--rate', rate)).events.lines.find(({ what }) => what === 'traces')?.quantity;
    expect(await traces('1')).toBe(1_000_000);
    expect(await traces('100')).toBeCloseTo(59_500, 0);
  });

  it('says what to do without a template', async () => {
    const { code, err } = await run(['cost', '--template', '/nowhere.json']);
    expect([code, err]).toEqual([2, expect.stringContaining('cdk synth')]);
  });

  it('reads the deployed template, or says what to do where there is none', async () => {
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
        /no stack CyberdeskWebhooks-dev in eu-west-1: deploy it \(npm run deploy -- dev\)/,
      ),
    ]);
  });

  it('is a table for people', async () => {
    const { code, out } = await run(['cost', '--template', file]);
    expect(code).toBe(0);
    expect(out).toMatch(/^1,000,000 events of 4096 bytes.*\$\d+\.\d\d\nCOMPONENT/);
  });
});
