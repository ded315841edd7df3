import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { auditOf } from '../../ops/audit/read.ts';
import { startConsole } from '../../ops/console/server.ts';
import { runComplete } from '../e2e/kit/webhooks.ts';
import { useBrowser, withoutBrowser } from './kit/browser.ts';
import { useConsole } from './kit/local.ts';

describe.skipIf(withoutBrowser)('changes made on the console page', () => {
  const local = useConsole();
  const open = useBrowser();
  const startedBy = async (id: string) =>
    (await local().whole.event(id))?.actions.flatMap(({ run_ids }) => run_ids) ?? [];
  /** The event keeps its old failure until its message is received again. */
  const processed = (id: string) =>
    expect.poll(async () => (await local().whole.event(id))?.state).toBe('processed');

  it('the console page redrives one dead letter, whose event is then processed', async () => {
    const id = await local().fail();
    const page = await open();
    await page.goto(`${local().url}/?view=dlq`);
    const message = page.locator('#dlq-rows tr', { hasText: id });
    expect(await message.textContent()).toContain('refused');
    await message.getByRole('button', { name: `Redrive event ${id}` }).click();

    await page.getByRole('status').getByText('1 sent back to the queue').waitFor();
    await message.waitFor({ state: 'detached' });
    await processed(id);
    expect(await startedBy(id)).toHaveLength(1);
    await page.goto(`${local().url}/?event=${id}`);
    await page.locator('.timeline li[data-step="reopened"]').getByText('Redriven').waitFor();
  });

  it('the console page redrives all dead letters at once', async () => {
    const ids = [await local().fail(), await local().fail(), await local().fail()];
    const page = await open();
    await page.goto(`${local().url}/?view=dlq`);
    await page.locator('#dlq-rows tr', { hasText: ids[2] as string }).waitFor();
    await page.getByRole('button', { name: 'Redrive 3' }).click();
    const dialog = page.getByRole('dialog', { name: 'Redrive 3 of 3 dead letters?' });
    await dialog.getByRole('button', { name: 'Redrive 3' }).click();

    await dialog.getByText('3 sent back to the queue').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await page.getByText('No dead letters.').waitFor();
    for (const id of ids) await processed(id);
  });

  it('the console page leaves what needs a decision out of a redrive of all, and opens its event', async () => {
    const [undecided, other] = [await local().unknown(), await local().fail()];
    const page = await open();
    await page.goto(`${local().url}/?view=dlq`);
    await page.locator('#dlq-rows tr', { hasText: other }).waitFor();
    await page.getByRole('button', { name: 'Redrive 1…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Redrive 1 of 2 dead letters?' });
    await dialog.getByText('1 left in place, as they need a decision').waitFor();
    await dialog.getByRole('button', { name: 'Redrive 1' }).click();

    await dialog.getByText('1 sent back to the queue, 1 left in place until someone decides').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await processed(other);
    await page.getByRole('button', { name: `Decide about event ${undecided}` }).click();
    await page
      .locator('.timeline li[data-step="undecided"]')
      .getByRole('button', { name: 'Decide' })
      .waitFor();
  });

  it('the console page replays an event and runs its rules again without starting anything twice', async () => {
    const id = await local().finish();
    const before = await startedBy(id);
    const page = await open();
    await page.goto(`${local().url}/?event=${id}`);
    await page.locator('#detail').getByRole('button', { name: 'Replay' }).click();
    await page.getByRole('status').getByText('Nothing to do').waitFor();

    await page.getByRole('button', { name: 'Run the rules again' }).click();
    await page.getByRole('status').getByText('The rules run again').waitFor();
    await page.locator('.timeline li[data-step="reopened"]').waitFor();
    await page.locator('.timeline li[data-step="finished"]').waitFor();
    expect(await startedBy(id)).toEqual(before);
  });

  it('the console page replays a failed event and shows it until it is processed', async () => {
    const id = await local().fail();
    const page = await open();
    await page.goto(`${local().url}/?event=${id}`);
    await page.locator('#detail .badge', { hasText: 'failed' }).waitFor();
    await page.locator('#detail').getByRole('button', { name: 'Replay' }).click();
    await page.getByRole('status').getByText('Reopened').waitFor();
    await page.locator('#detail .badge', { hasText: 'processed' }).waitFor();
    await page.getByText('The open event is now processed.').waitFor({ state: 'attached' });
    expect(await startedBy(id)).toHaveLength(1);
  });

  it('the console page replays selected events after a preview that says what it would do to each', async () => {
    const ids = [await local().fail(), await local().fail()];
    const done = await local().finish();
    const page = await open();
    await page.goto(local().url);
    for (const id of [...ids, done]) await page.getByLabel(`Select event ${id}`).check();
    await page.getByRole('button', { name: 'Replay…' }).click();

    const dialog = page.getByRole('dialog', { name: 'Replay 2 of 3 events?' });
    await dialog.getByText('2 failed: reopened').waitFor();
    await dialog.getByText('1 processed: nothing to do').waitFor();
    await dialog.getByRole('button', { name: 'Replay 2 events' }).click();

    await dialog.getByText('Done.').waitFor();
    for (const id of ids) await processed(id);
    await dialog.getByRole('button', { name: 'Close' }).click();
  });

  it('the console page puts the reason that a person gives on record', async () => {
    const [id, ...others] = [await local().fail(), await local().fail(), await local().fail()];
    const page = await open();
    await page.goto(`${local().url}/?event=${id}`);
    await page.locator('#detail').getByLabel('Reason').fill('the inputs are fixed');
    await page.locator('#detail').getByRole('button', { name: 'Show payload' }).click();
    await page.getByRole('region', { name: 'Payload' }).waitFor();
    await page.locator('#detail').getByRole('button', { name: 'Replay' }).click();
    await page.getByRole('status').getByText('Reopened').waitFor();

    await page.goto(`${local().url}/?event=${others[0]}`);
    expect(await page.locator('#detail').getByLabel('Reason').inputValue()).toBe('');
    for (const other of others) await page.getByLabel(`Select event ${other}`).check();
    await page.getByRole('button', { name: 'Replay…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Replay 2 events?' });
    await dialog.getByLabel('Reason').fill('new rules');
    await dialog.getByRole('button', { name: 'Replay 2 events' }).click();
    await dialog.getByText('Done.').waitFor();

    const becauseOf = async (about: string) =>
      (await Array.fromAsync(auditOf(local().stage, about))).map(({ verb, because }) => [verb, because]);
    expect(await becauseOf(id)).toEqual([
      ['events replay', 'the inputs are fixed'],
      ['events show', 'the inputs are fixed'],
    ]);
    for (const other of others) {
      expect(await becauseOf(other)).toEqual([['events replay', 'new rules']]);
      await processed(other);
    }
  });

  it('the console page replays a failed event from its row', async () => {
    const id = await local().fail();
    const page = await open();
    await page.goto(local().url);
    await page.getByRole('button', { name: `Replay event ${id}` }).click();

    await page.getByRole('status').getByText('Reopened').waitFor();
    await processed(id);
    expect(new URL(page.url()).search).toBe('');
  });

  describe('an action with an unknown outcome', () => {
    const decide = async (id: string, choice: string, runId = '') => {
      const page = await open();
      await page.goto(`${local().url}/?event=${id}`);
      await page.locator('.timeline li[data-step="undecided"]').getByRole('button').click();
      const dialog = page.getByRole('dialog', { name: 'What was the outcome of this action?' });
      await dialog.getByLabel(choice).check();
      if (runId) await dialog.getByRole('textbox', { name: 'Run ID' }).fill(runId);
      await dialog.getByRole('button', { name: 'Record decision' }).click();
      return { page, dialog };
    };

    it('the console page takes a run for the result of an action, if it is of the same workflow', async () => {
      const workflow_id = randomUUID();
      const id = await local().unknown(workflow_id);
      const [other, theirs] = [{ workflow_id: randomUUID() }, { workflow_id }].map((run) =>
        local().run.fake?.seedRun(run),
      );

      const { page, dialog } = await decide(id, 'It was done.', other?.id);
      await dialog.getByText('belongs to a different workflow').waitFor();
      await dialog.getByRole('textbox', { name: 'Run ID' }).fill(theirs?.id ?? '');
      await dialog.getByRole('button', { name: 'Record decision' }).click();

      await page.getByRole('status').getByText('Recorded: action 1 is settled').waitFor();
      await page.locator('.timeline li[data-step="decided"]').waitFor();
      await processed(id);
      expect(await startedBy(id)).toEqual([theirs?.id]);
    });

    it('the console page starts an action again that may have been carried out', async () => {
      const id = await local().unknown();

      const { page } = await decide(id, 'It was not done');

      await page.getByRole('status').getByText('Recorded: action 1 is settled').waitFor();
      await processed(id);
      expect(await startedBy(id)).toHaveLength(1);
    });

    it('the console page records a decision from the row of an event', async () => {
      const id = await local().unknown();
      const page = await open();
      await page.goto(local().url);
      await page.getByRole('button', { name: `Decide about event ${id}` }).click();
      const dialog = page.getByRole('dialog', { name: 'What was the outcome of this action?' });
      await dialog.getByText('start-next-workflow: startRun (action 1)').waitFor();
      await dialog.getByLabel('It is no longer needed').check();
      await dialog.getByRole('button', { name: 'Record decision' }).click();

      await page.getByRole('status').getByText('Recorded: action 1 is settled').waitFor();
      await processed(id);
    });

    it('the console page leaves an action out', async () => {
      const id = await local().unknown();

      const { page } = await decide(id, 'It is no longer needed');

      await page.getByRole('status').getByText('Recorded: action 1 is settled').waitFor();
      await processed(id);
      expect(await startedBy(id)).toEqual([]);
      await page.locator('.timeline li', { hasText: 'skipped' }).waitFor();
      expect(await page.getByRole('button', { name: 'Decide…' }).count()).toBe(0);
    });
  });

  it('the console page sends a test event and follows it', async () => {
    const page = await open();
    await page.goto(local().url);
    await page.getByRole('button', { name: 'Send test event' }).click();
    const dialog = page.getByRole('dialog', { name: 'Send a test event' });
    await dialog.getByLabel('Run status').selectOption('error');
    await dialog.getByRole('button', { name: 'Send' }).click();

    await page.getByRole('status').getByText('The endpoint answered 200 (accepted)').waitFor();
    await page.locator('#detail .badge', { hasText: 'processed' }).waitFor();
    await page.locator('.timeline li', { hasText: 'Action: notify-failure' }).waitFor();
    const id = new URL(page.url()).searchParams.get('event') as string;
    await page.locator(`#events-rows tr[data-id="${id}"]`, { hasText: 'test' }).waitFor();
  });

  it('the console page sends an edited copy of a stored event, even one that is not JSON', async () => {
    const id = await local().finish({ output_data: { summary: 'the first one' } });
    const page = await open();
    await page.goto(`${local().url}/?event=${id}`);
    await page.getByRole('button', { name: 'Show payload' }).click();
    await page.getByRole('button', { name: 'Send an edited copy' }).click();
    const dialog = page.getByRole('dialog', { name: 'Send an edited copy' });
    const body = dialog.getByLabel('Body of the event, JSON');
    expect(await body.inputValue()).toContain('the first one');
    await body.fill('not JSON');
    await dialog.getByText('The body is not JSON').waitFor();
    await dialog.getByRole('button', { name: 'Send' }).click();
    await page.locator('#detail .badge', { hasText: 'unprocessable' }).waitFor();
    await page.locator('#detail .facts', { hasText: 'not JSON' }).waitFor();
    expect(new URL(page.url()).searchParams.get('event')).not.toBe(id);
  });

  it('the console page shows the digits of a payload, and sends them in an edited copy', async () => {
    const digits = '9007199254740993';
    const webhook = runComplete({ output_data: { summary: 'SUMMARY' } });
    await local().whole.deliver(JSON.stringify(webhook).replace('"SUMMARY"', digits));
    await local().whole.finished(webhook.event_id);
    const page = await open();
    await page.goto(`${local().url}/?event=${webhook.event_id}`);
    await page.getByRole('button', { name: 'Show payload' }).click();
    await page.getByRole('region', { name: 'Payload' }).getByText(`"summary": ${digits}`).waitFor();

    await page.getByRole('button', { name: 'Send an edited copy' }).click();
    const dialog = page.getByRole('dialog', { name: 'Send an edited copy' });
    await dialog.getByLabel('Run status').selectOption('error');
    const body = dialog.getByLabel('Body of the event, JSON');
    expect(await body.inputValue()).toContain(`"summary": ${digits}`);
    await dialog.getByRole('button', { name: 'Send' }).click();
    await page.locator('.timeline li', { hasText: 'Action: notify-failure' }).waitFor();

    const id = new URL(page.url()).searchParams.get('event') ?? '';
    expect(id).not.toBe(webhook.event_id);
    expect(String(await local().whole.body(id))).toContain(`"summary": ${digits}`);
  });

  it('the console page asks for confirmation before it changes prod, and does nothing when that is cancelled', async () => {
    const id = await local().fail();
    const prod = { ...local().stage, name: 'prod', stackName: 'CyberdeskWebhooks-prod', isLocal: false };
    const served = await startConsole({ stage: prod, port: 0 });
    try {
      const page = await open();
      await page.goto(`${served.link.replace('/#', `/?event=${id}#`)}`);
      await page.locator('#detail').getByRole('button', { name: 'Replay' }).click();
      const question = page.getByRole('dialog', { name: 'Replay this event?' });
      await question.getByText('This changes CyberdeskWebhooks-prod').waitFor();
      await question.getByRole('button', { name: 'Cancel' }).click();
      expect((await local().whole.event(id))?.state).toBe('failed');
      expect(page.url()).not.toContain('token');

      await page.reload();
      await page.locator('#detail').getByRole('button', { name: 'Replay' }).click();
      await question.getByRole('button', { name: 'Replay' }).click();
      await page.getByRole('status').getByText('Reopened').waitFor();
      // The page closes before its server, so that its last requests do not fail.
      await page.context().close();
    } finally {
      await served.close();
    }
    await processed(id);
  });
});
