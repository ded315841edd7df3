import { ChangeMessageVisibilityCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { useBrowser, withoutBrowser } from './kit/browser.ts';
import { useConsole } from './kit/local.ts';

describe.skipIf(withoutBrowser)('dead letters held by another reader', () => {
  const local = useConsole();
  const open = useBrowser();

  /** Receives one message, as another list or redrive does. Returns a function that makes it visible again. */
  async function hideOne(): Promise<() => Promise<unknown>> {
    const { clients, outputs } = local().stage;
    const queue = { QueueUrl: outputs.deadLetterQueueUrl };
    const { Messages = [] } = await clients.sqs.send(
      new ReceiveMessageCommand({ ...queue, MaxNumberOfMessages: 1, VisibilityTimeout: 600 }),
    );
    const ReceiptHandle = Messages[0]?.ReceiptHandle;
    return () =>
      clients.sqs.send(new ChangeMessageVisibilityCommand({ ...queue, ReceiptHandle, VisibilityTimeout: 0 }));
  }

  it('hidden dead letters are counted, alone and beside visible ones', async () => {
    await local().fail();
    const giveBack = await hideOne();
    const page = await open();
    await page.goto(`${local().url}/?view=dlq`);
    await page.getByText(/^1 cannot be shown: another list or redrive is in progress/).waitFor();
    expect(await page.getByText('No dead letters.').count()).toBe(0);

    const second = await local().fail();
    await page.locator('#dlq-rows tr', { hasText: second }).waitFor();
    await page.getByText(/^1 more cannot be shown/).waitFor();

    await giveBack();
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.locator('#dlq-rows tr').nth(1).waitFor();
    await page.getByText('cannot be shown').waitFor({ state: 'hidden' });
  });
});
