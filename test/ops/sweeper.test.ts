import { describe, expect, it } from 'vitest';
import { nodeSystem } from '../../lambda/adapters/system.ts';
import { ITEM_VERSION, MINUTE, SWEEP_KEY, type SweepItem } from '../../lambda/core/model/index.ts';
import { save } from '../../lambda/core/store/index.ts';
import { checkSweeper } from '../../ops/doctor/sweeper.ts';
import { tableOf } from '../../ops/stage/table.ts';
import { stubAws } from './support/aws.ts';
import { useStage } from './support/use-stage.ts';

const NOW = Date.parse('2026-11-29T03:00:00Z');
const here = useStage();

const template = {
  Resources: {
    Sweeper: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        LoggingConfig: { LogGroup: { Ref: 'SweeperLogs' } },
        Environment: { Variables: { POWERTOOLS_SERVICE_NAME: 'sweeper' } },
      },
    },
    Verifier: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        LoggingConfig: { LogGroup: { Ref: 'VerifierLogs' } },
        Environment: { Variables: { POWERTOOLS_SERVICE_NAME: 'verifier' } },
      },
    },
  },
};

/** What the doctor finds if the sweeper has reported so many minutes ago, and has logged these lines. */
async function found(minutesAgo: number | undefined, { lines = [] as object[], since = 0 } = {}) {
  const { clients } = stubAws({
    GetMetricData: {
      MetricDataResults:
        minutesAgo === undefined
          ? []
          : [
              {
                Label: 'OldestUnfinishedEventAge',
                Timestamps: [new Date(NOW - minutesAgo * MINUTE)],
                Values: [0],
              },
            ],
    },
    GetTemplate: { TemplateBody: JSON.stringify(template) },
    ListStackResources: {
      StackResourceSummaries: ['SweeperLogs', 'VerifierLogs'].map((id) => ({
        LogicalResourceId: id,
        PhysicalResourceId: `/${id}`,
      })),
    },
    FilterLogEvents: ({ logGroupName }: { logGroupName: string }) => ({
      events:
        logGroupName === '/SweeperLogs'
          ? lines.map((line, index) => ({
              eventId: `${index}`,
              timestamp: NOW - MINUTE + index,
              message: JSON.stringify(line),
            }))
          : [{ eventId: 'v', timestamp: NOW, message: '{"level":"ERROR","message":"of another function"}' }],
    }),
  });
  const { cloudWatch, cloudFormation, logs } = clients;
  const at = { ...here.stage, since, clients: { ...here.stage.clients, cloudWatch, cloudFormation, logs } };
  const [finding, ...others] = await checkSweeper(at, NOW);
  expect(others).toEqual([]);
  return finding;
}

const finished = { level: 'INFO', message: 'sweep finished' };
const failed = { level: 'ERROR', message: 'sweep failed', error: { name: 'AccessDeniedException' } };

describe('what the doctor says of the sweeper', () => {
  it('the doctor is content with a sweeper that reported lately, whatever other functions have logged', async () => {
    expect(await found(10, { lines: [failed, finished] })).toMatchObject({ state: 'ok' });
  });

  it.each([
    [undefined, 'has not run in 24 hours'],
    [50, 'has not run since 2026-11-29T02:10:59.999Z (49m ago)'],
  ])('the doctor names a sweeper that does not run (last report %s minutes ago)', async (ago, text) => {
    expect(await found(ago)).toMatchObject({
      state: 'problem',
      text: expect.stringContaining(text),
      next: expect.stringMatching(/EventBridge.*npx --no cyberdesk-webhooks logs --since 1d --stage dev$/),
    });
  });

  it('the doctor does not expect a sweep of a stage that was just deployed', async () => {
    expect(await found(undefined, { since: NOW - 20 * MINUTE })).toMatchObject({ state: 'info' });
    expect(await found(undefined, { since: NOW - 60 * MINUTE })).toMatchObject({ state: 'problem' });
  });

  it.each([10, undefined])(
    'the doctor names a sweeper whose last sweep failed, and why (last report %s minutes ago)',
    async (ago) => {
      expect(await found(ago, { lines: [finished, failed] })).toMatchObject({
        state: 'warning',
        text: expect.stringContaining('failed (AccessDeniedException)'),
        next: expect.stringContaining('npx --no cyberdesk-webhooks logs'),
      });
    },
  );

  it('the doctor says that the last sweep stopped early', async () => {
    const cursors = { 3: { event_id: 'e', received_at: '2026-11-29T01:00:00.000Z' } };
    const store = { table: tableOf(here.stage), system: nodeSystem };
    await save<SweepItem>(store, { ...SWEEP_KEY, v: ITEM_VERSION, cursors }, 'absent');

    expect(await found(10, { lines: [finished] })).toMatchObject({
      state: 'info',
      text: expect.stringContaining('stopped early'),
    });
  });
});
