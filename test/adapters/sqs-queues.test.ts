import { SQSClient } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { hideMessage } from '../../lambda/adapters/sqs-queues.ts';
import { DAY, HOUR, SECOND } from '../../lambda/core/model/time.ts';
import { startAws } from './aws.ts';

/** The visibility timeout in seconds for a message hidden for `duration` milliseconds. */
async function hiddenFor(duration: number): Promise<unknown> {
  const { asked, config } = await startAws(() => ({}));
  const queueUrl = `${config.endpoint}/queue`;
  await hideMessage(new SQSClient(config), queueUrl)('handle', duration, AbortSignal.timeout(100_000));
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatchObject({
    operation: 'ChangeMessageVisibility',
    input: { QueueUrl: queueUrl, ReceiptHandle: 'handle' },
  });
  return asked[0]?.input.VisibilityTimeout;
}

it('hideMessage rounds up to whole seconds', async () => {
  expect(await hiddenFor(5 * SECOND)).toBe(5);
  expect(await hiddenFor(5 * SECOND + 1)).toBe(6);
});

it('hideMessage makes a message visible at once when the time has passed', async () => {
  expect(await hiddenFor(0)).toBe(0);
  expect(await hiddenFor(-5 * SECOND)).toBe(0);
});

it('hideMessage stays below the limit of SQS, 12 hours since the receive, part of which has passed', async () => {
  expect(await hiddenFor(12 * HOUR)).toBe((11 * HOUR) / SECOND);
  expect(await hiddenFor(30 * DAY)).toBe((11 * HOUR) / SECOND);
  expect(await hiddenFor(Number.POSITIVE_INFINITY)).toBe((11 * HOUR) / SECOND);
});
