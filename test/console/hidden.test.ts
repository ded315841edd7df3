import { ChangeMessageVisibilityCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { useBrowser, withoutBrowser } from './kit/browser.ts';
import { useConsole } from './kit/local.ts';

describe.skipIf(withoutBrowser)('dead letters that somebody else holds', () => {
  const local = useConsole();
  const open = useBrowser();

  /** Takes one message, as a list or redrive elsewhere does. Returns what gives it back. */
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

  it('are said to be there, alone and among others', async () => {
    await local().fail();
    const giveBack = await hideOne();
    const page = await open();
    await page.goto(`${local().url}/?view=dlq`);
    await page.getByText(/^1 cannot be seen: another list or redrive is at work/).waitFor();
    expect(await page.getByText('No dead letters.').count()).toBe(0);

    const second = await local().fail();
    await page.locator('#dlq-rows tr', { hasText: second }).waitFor();
    await page.getByText(/^1 more cannot be seen/).waitFor();

    await giveBack();
    await page.getByRole('button', { name: 'Refresh' }).click();
    await page.locator('#dlq-rows tr').nth(1).waitFor();
    await page.getByText('cannot be seen').waitFor({ state: 'hidden' });
  });
});
