import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { HOUR, MINUTE } from '../../lambda/core/model/time.ts';
import type { CyberdeskClient } from '../../lambda/cyberdesk/client.ts';
import { paced, pacer } from '../../ops/cli/progress.ts';
import { isoTime } from '../../ops/cli/time.ts';
import { redriveDeadLetters } from '../../ops/dlq/redrive.ts';
import { replayEvents } from '../../ops/events/replay.ts';
import { Comparison } from '../../ops/reconcile/comparison.ts';
import { stubAws } from './support/aws.ts';
import { directly } from './support/stage.ts';

const COUNT = 300;
const RATE = 100;
/** How long each answer takes, milliseconds: three in a row take longer than the time between two turns. */
const LATENCY = 25;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** The timers of the module that the product uses are not replaced, those of the process are. */
const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

const later = async <T>(value: T): Promise<T> => {
  await sleep(LATENCY);
  return value;
};

/** Items per second, by a clock that a loaded machine does not change. */
async function rateOf(work: Promise<unknown>): Promise<number> {
  const start = Date.now();
  let end = start;
  const done = work.then(() => {
    end = Date.now();
  });
  await vi.advanceTimersByTimeAsync(60_000);
  await done;
  return COUNT / ((end - start) / 1000);
}

const numbers = Array.from({ length: COUNT }, (_, index) => index);
const eventItem = { pk: { S: 'event#x' }, sk: { S: 'event' }, v: { N: '1' }, tag: { S: 't' } };

/** A stage whose every answer is late: received events, and a dead-letter queue of open ones. */
function slowStage() {
  let left = numbers.map((index) => ({
    MessageId: `message-${index}`,
    ReceiptHandle: `handle-${index}`,
    Body: JSON.stringify({ v: 1, event: `event-${index}`, reopen: 1 }),
    Attributes: { SentTimestamp: '0', ApproximateReceiveCount: '1' },
    MessageAttributes: { reason: { StringValue: 'refused' } },
  }));
  const { clients, called } = stubAws({
    GetItem: ({ Key }: { Key?: unknown }) =>
      later({ Item: { ...eventItem, ...(Key as object), event_id: { S: 'x' }, state: { S: 'received' } } }),
    BatchGetItem: ({ RequestItems }: { RequestItems?: unknown }) => {
      const [[table, { Keys }] = ['', { Keys: [] }]] = Object.entries(
        RequestItems as Record<string, { Keys: { pk: { S: string } }[] }>,
      );
      const items = Keys.map(({ pk }) => ({
        ...{ event_id: { S: pk.S.slice('event#'.length) }, state: { S: 'failed' } },
        ...{ failure: { N: '1' }, round: { N: '0' } },
      }));
      return later({ Responses: { [table]: items } });
    },
    ReceiveMessage: () => {
      const Messages = left.slice(0, 10);
      left = left.slice(10);
      return later({ Messages });
    },
    SendMessage: () => later({}),
    DeleteMessage: () => later({}),
    ChangeMessageVisibilityBatch: () => later({}),
  });
  const outputs = { tableName: 'events', queueUrl: 'queue', deadLetterQueueUrl: 'dlq' };
  return { stage: directly({ clients, outputs, target: { stage: 'dev' } } as never), called };
}

it('what is paced keeps at least nine tenths of its rate and never exceeds it, whatever an answer takes', async () => {
  const begun: number[] = [];
  const work = async () => {
    begun.push(Date.now());
    await later(undefined);
  };

  const rate = await rateOf(paced(numbers, work, { pace: pacer(RATE, { sleep }) }));

  const gaps = begun.slice(1).map((at, index) => at - (begun[index] ?? 0));
  expect(rate / RATE).toBeGreaterThanOrEqual(0.9);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1000 / RATE);
});

it('replay keeps at least nine tenths of its rate', async () => {
  const { stage, called } = slowStage();

  const rate = await rateOf(
    replayEvents(
      stage,
      numbers.map((index) => `event-${index}`),
      { rate: RATE, sleep },
    ),
  );

  expect(called('SendMessage')).toHaveLength(COUNT);
  expect(rate / RATE).toBeGreaterThanOrEqual(0.9);
  expect(rate / RATE).toBeLessThanOrEqual(1.01);
});

it('redrive keeps at least nine tenths of its rate', async () => {
  const { stage, called } = slowStage();

  const rate = await rateOf(redriveDeadLetters(stage, { rate: RATE, sleep }));

  expect(called('DeleteMessage')).toHaveLength(COUNT);
  expect(rate / RATE).toBeGreaterThanOrEqual(0.9);
  expect(rate / RATE).toBeLessThanOrEqual(1.01);
});

it('reconcile keeps at least nine tenths of its rate', async () => {
  const { clients, called } = stubAws({
    Query: () => later({ Items: [] }),
    BatchGetItem: () => later({ Responses: {} }),
    GetItem: () => later({}),
    PutItem: () => later({}),
    SendMessage: () => later({}),
  });
  const outputs = { tableName: 'events', queueUrl: 'queue', eventRetentionDays: 90 };
  const stage = directly({ clients, outputs, target: { stage: 'dev' } } as never);
  const end = Date.now() - HOUR;
  const runs = numbers.map((index) => ({
    id: `run-${index}`,
    workflow_id: 'workflow',
    status: 'success',
    created_at: isoTime(end - MINUTE),
    ended_at: isoTime(end),
  }));
  const client = {
    runs: {
      list: () => later({ data: { items: runs, total: COUNT } }),
      get: (id: string) => later({ data: runs.find((run) => run.id === id) }),
    },
  } as unknown as CyberdeskClient;
  const mark = { since: end - HOUR, until: Date.now(), upTo: end - HOUR, startedAt: 0, counts: {}, open: [] };
  const options = {
    since: mark.since,
    lookback: 0,
    grace: 0,
    includeDisabled: true,
    rate: RATE,
    apply: stage,
    sleep,
  };
  const comparison = new Comparison({ stage, client, options, mark });

  const rate = await rateOf(comparison.runUntil(mark.until));

  expect(called('SendMessage')).toHaveLength(COUNT);
  expect(rate / RATE).toBeGreaterThanOrEqual(0.9);
  expect(rate / RATE).toBeLessThanOrEqual(1.01);
});

it('what is paced begins nothing after an error, waits for what it has begun, and reports the error', async () => {
  const finished: number[] = [];
  const work = async (item: number) => {
    if (item === 1) throw new Error('cut');
    await later(undefined);
    finished.push(item);
  };

  const outcome = paced(numbers, work, { pace: pacer(RATE, { sleep }) }).catch(
    (error: Error) => error.message,
  );
  await vi.advanceTimersByTimeAsync(60_000);

  expect(await outcome).toBe('cut');
  expect(finished).toEqual([0]);
});
