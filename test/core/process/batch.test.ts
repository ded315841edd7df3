import { expect, it } from 'vitest';
import { processBatch } from '../../../lambda/core/process/batch.ts';
import { sqsRecord } from '../../simulation/model/sqs-record.ts';

const record = (messageId: string, receives: number) => sqsRecord(messageId, { receives });

it('a batch runs fresh records in parallel and then the others one by one, and reports failed ones', async () => {
  const log: string[] = [];
  const waiting: (() => void)[] = [];
  const Records = [record('old-1', 2), record('new-1', 1), record('old-2', 9), record('new-2', 1)];

  const running = processBatch({ Records }, async ({ messageId }) => {
    log.push(`${messageId} begins`);
    await new Promise<void>((resolve) => waiting.push(resolve));
    log.push(`${messageId} ends`);
    return !messageId.endsWith('2');
  });
  for (let released = 0; released < Records.length; released += 1) {
    while (waiting.length === 0) await new Promise(setImmediate);
    waiting.shift()?.();
  }

  expect(await running).toEqual({
    batchItemFailures: [{ itemIdentifier: 'new-2' }, { itemIdentifier: 'old-2' }],
  });
  expect(log.slice(0, 2)).toEqual(['new-1 begins', 'new-2 begins']);
  expect(log.slice(4)).toEqual(['old-1 begins', 'old-1 ends', 'old-2 begins', 'old-2 ends']);
});
