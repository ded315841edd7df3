import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { expect, it } from 'vitest';
import { FENCE_KEY } from '../../lambda/core/model/index.ts';
import { noticeRoutes } from '../../ops/console/api/notices.ts';
import type { Stage } from '../../ops/stage/stage.ts';
import { awsError, stubAws } from './support/aws.ts';
import { useStage } from './support/use-stage.ts';

const here = useStage();

/** What the console shows above its lists; each counted metric is a minute old. */
function notices(...counted: string[]): Promise<{ kind: string; text: string; next?: string }[]> {
  return noticesOf(here.stage, ...counted);
}

async function noticesOf({ clients: own, ...stage }: Stage, ...counted: string[]) {
  const { clients } = stubAws({
    GetMetricData: {
      MetricDataResults: counted.map((Label) => ({
        Label,
        Timestamps: [new Date(Date.now() - 60_000)],
        Values: [1],
      })),
    },
  });
  const asked = { ...stage, clients: { ...own, cloudWatch: clients.cloudWatch } };
  const answer = await noticeRoutes(asked)['GET notices']?.({
    query: new URLSearchParams(),
    body: async () => undefined,
    signal: AbortSignal.timeout(100_000),
  });
  let sent = '';
  const response = {
    writeHead: () => response,
    end: (text: unknown) => {
      sent = String(text);
    },
  };
  await answer?.({ headers: {} } as never, response as never);
  return JSON.parse(sent).notices;
}

it('the console has no notice while deliveries are accepted and calls are made', async () => {
  await here.service.deliver();
  expect(await notices('EventAccepted')).toEqual([]);
});

it('the console has a notice about refused deliveries, with the next step', async () => {
  expect(await notices('SignatureRejected')).toEqual([
    {
      kind: 'refused',
      text: expect.stringContaining('1 refused for their signature'),
      next: expect.stringContaining('secret set'),
      commands: ['secret set', 'reconcile'].map((verb) => `npx --no cyberdesk-webhooks ${verb} --stage dev`),
    },
  ]);
});

it('the console has a notice about a pause, with its cause', async () => {
  here.service.answer = { kind: 'failed', status: 429, isJson: true, mayHaveTakenEffect: false };
  await here.service.deliver();
  await here.service.work();

  expect(await notices()).toEqual([
    {
      kind: 'paused',
      text: 'Calls to Cyberdesk are paused: the API throttles calls (HTTP 429)',
      until: expect.stringMatching(/^\d{4}-/),
    },
  ]);
});

it('the console has a notice about a restore for as long as what it holds back waits', async () => {
  const fence = (until: number) => ({ ...FENCE_KEY, v: 1, tag: `${until}`, from: until - 60_000, until });
  const put = (until: number) =>
    here.emulators.dynamoDb.send(
      new PutItemCommand({ TableName: here.stage.outputs.tableName, Item: marshall(fence(until)) }),
    );
  await put(Date.now() - 60_000);
  expect(await notices('EventAccepted')).toEqual([
    {
      kind: 'restored',
      text: expect.stringMatching(/^The table was restored at \d{4}-.* to \d{4}-/),
      next: expect.stringContaining('reason restored'),
    },
  ]);

  await put(Date.now() - 15 * 24 * 3600 * 1000);
  expect(await notices('EventAccepted')).toEqual([]);
});

it('the console has a notice about refused deliveries while the table cannot be read, and one about the table', async () => {
  const denied = awsError('AccessDeniedException');
  const { clients } = stubAws({ GetItem: denied, Query: denied });
  const stage = { ...here.stage, clients: { ...here.stage.clients, dynamoDb: clients.dynamoDb } };

  expect(await noticesOf(stage, 'DependencyFailed')).toEqual([
    expect.objectContaining({ kind: 'refused', text: expect.stringContaining('1 refused for now (503)') }),
    {
      kind: 'unread',
      text: expect.stringMatching(
        /^Whether calls to Cyberdesk are paused, and .* could not be read: AWS does/,
      ),
      next: expect.any(String),
      commands: [],
    },
  ]);
});
