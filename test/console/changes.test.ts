import { describe, expect, it, vi } from 'vitest';
import { startConsole } from '../../ops/console/server.ts';
import { useBrowser, withoutBrowser } from './kit/browser.ts';
import { useConsole } from './kit/local.ts';

describe.skipIf(withoutBrowser)('the page, changing things', () => {
  const local = useConsole();
  const open = useBrowser();
  const startedBy = async (id: string) =>
    (await local().whole.event(id))?.actions.flatMap(({ run_ids }) => run_ids) ?? [];
  /** Until its message is taken up again, an event's old failure still stands. */
  const processed = (id: string) =>
    vi.waitFor(async () => expect((await local().whole.event(id))?.state).toBe('processed'), 20_000);

  it('redrives a dead letter, and its event goes on', async () => {
    const id = await local().fail();
    const page = await open();
    await page.goto(`${local().url}/?view=dlq`);
    const letter = page.locator('#dlq-rows tr', { hasText: id });
    expect(await letter.textContent()).toContain('refused');
    await letter.getByRole('button', { name: `Redrive event ${id}` }).click();

    await page.getByRole('status').getByText('1 sent back to the queue').waitFor();
    await letter.waitFor({ state: 'detached' });
    await processed(id);
    expect(await startedBy(id)).toHaveLength(1);
    await page.goto(`${local().url}/?event=${id}`);
    await page.locator('.timeline li', { hasText: 'Reopened' }).getByText('Redriven').waitFor();
  });

  it('redrives all', async () => {
    const ids = [await local().fail(), await local().fail(), await local().fail()];
    const page = await open();
    await page.goto(`${local().url}/?view=dlq`);
    await page.locator('#dlq-rows tr', { hasText: ids[2] as string }).waitFor();
    await page.getByRole('button', { name: 'Redrive all' }).click();

    await page.getByRole('status').getByText('3 sent back to the queue').waitFor();
    await page.getByText('No dead letters.').waitFor();
    for (const id of ids) await processed(id);
  });

  it('replays without starting anything twice', async () => {
    const id = await local().finish();
    const before = await startedBy(id);
    const page = await open();
    await page.goto(`${local().url}/?event=${id}`);
    await page.getByRole('button', { name: 'Replay' }).click();
    await page.getByRole('status').getByText('Nothing to do').waitFor();

    await page.getByRole('button', { name: 'Ask the rules again' }).click();
    await page.getByRole('status').getByText('The rules are asked again').waitFor();
    await page.locator('.timeline li', { hasText: 'Replanned' }).waitFor();
    await page.locator('.timeline li', { hasText: 'Finished' }).waitFor();
    expect(await startedBy(id)).toEqual(before);
  });

  it('replays a failed event to its end while one watches', async () => {
    const id = await local().fail();
    const page = await open();
    await page.goto(`${local().url}/?event=${id}`);
    await page.locator('#detail .badge', { hasText: 'failed' }).waitFor();
    await page.getByRole('button', { name: 'Replay' }).click();
    await page.getByRole('status').getByText('Reopened').waitFor();
    await page.locator('#detail .badge', { hasText: 'processed' }).waitFor();
    await page.getByText('The open event is now processed.').waitFor({ state: 'attached' });
    expect(await startedBy(id)).toHaveLength(1);
  });

  it('sends a test event and follows it', async () => {
    const page = await open();
    await page.goto(local().url);
    await page.getByRole('button', { name: 'Send test event' }).click();
    const dialog = page.getByRole('dialog', { name: 'Send a test event' });
    await dialog.getByLabel('Run ended as').selectOption('error');
    await dialog.getByRole('button', { name: 'Send' }).click();

    await page.getByRole('status').getByText('The endpoint answered 200 (accepted)').waitFor();
    await page.locator('#detail .badge', { hasText: 'processed' }).waitFor();
    await page.locator('.timeline li', { hasText: 'Action: notify-failure' }).waitFor();
    const id = new URL(page.url()).searchParams.get('event') as string;
    await page.locator(`#events-rows tr[data-id="${id}"]`, { hasText: 'test' }).waitFor();
  });

  it('sends an edited copy of a stored event, even one that is no JSON', async () => {
    const id = await local().finish({ output_data: { summary: 'the first one' } });
    const page = await open();
    await page.goto(`${local().url}/?event=${id}`);
    await page.getByRole('button', { name: 'Show payload' }).click();
    await page.getByRole('button', { name: 'Send an edited copy' }).click();
    const dialog = page.getByRole('dialog', { name: 'Send an edited copy' });
    const body = dialog.getByLabel('Body of the event, JSON');
    expect(await body.inputValue()).toContain('the first one');
    await body.fill('no JSON');
    await dialog.getByText('The body is not JSON.').waitFor();
    await dialog.getByRole('button', { name: 'Send' }).click();
    await page.locator('#detail .badge', { hasText: 'unprocessable' }).waitFor();
    expect(new URL(page.url()).searchParams.get('event')).not.toBe(id);
  });

  it('asks before it changes prod, and takes no for an answer', async () => {
    const id = await local().fail();
    const prod = { ...local().stage, name: 'prod', stackName: 'CyberdeskWebhooks-prod', isLocal: false };
    const served = await startConsole({ stage: prod, port: 0 });
    try {
      const page = await open();
      await page.goto(`${served.link.replace('/#', `/?event=${id}#`)}`);
      await page.getByRole('button', { name: 'Replay' }).click();
      const question = page.getByRole('dialog', { name: 'Replay this event?' });
      await question.getByText('This changes CyberdeskWebhooks-prod').waitFor();
      await question.getByRole('button', { name: 'Cancel' }).click();
      expect((await local().whole.event(id))?.state).toBe('failed');
      expect(page.url()).not.toContain('token');

      await page.reload();
      await page.getByRole('button', { name: 'Replay' }).click();
      await question.getByRole('button', { name: 'Replay' }).click();
      await page.getByRole('status').getByText('Reopened').waitFor();
    } finally {
      await served.close();
    }
    await processed(id);
  });
});
