import type { Page } from 'playwright-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Console, startConsole } from '../../ops/console/server.ts';
import { readEvents } from '../../ops/events/store.ts';
import { stubAws } from '../ops/support/aws.ts';
import { useStage } from '../ops/support/use-stage.ts';
import { useBrowser, withoutBrowser } from './kit/browser.ts';

describe.skipIf(withoutBrowser)('many events on the console page', () => {
  let counted: Record<string, number> = {};
  const here = useStage(() => {
    counted = {};
    const { clients } = stubAws({
      GetMetricData: () => ({
        MetricDataResults: Object.entries(counted).map(([Label, count]) => ({
          Label,
          Timestamps: [new Date()],
          Values: [count],
        })),
      }),
    });
    return { clients: { cloudWatch: clients.cloudWatch } };
  });
  const open = useBrowser();
  let served: Console;
  beforeEach(async () => {
    served = await startConsole({ stage: here.stage, port: 0 });
  });
  afterEach(() => served.close());

  const deliver = async (count: number, run: Record<string, unknown> = {}): Promise<string[]> => {
    const ids: string[] = [];
    for (let i = 0; i < count; i += 1) ids.push(await here.service.deliver({ run }));
    await here.service.work();
    return ids;
  };

  it('the console page has pages beyond the first, with the total, and counts each state', async () => {
    await deliver(205, { status: 'scheduling' });
    await deliver(3);
    const page = await open();
    await page.goto(served.link);

    await page.getByText('1 to 100 of 208').waitFor();
    expect(await page.locator('#states a').allTextContents()).toEqual([
      'All 208',
      'Received 0',
      'Processed 3',
      'Failed 0',
      'Ignored 205',
      'Unprocessable 0',
    ]);
    await page.getByRole('link', { name: 'Older' }).click();
    await page.getByText('101 to 200 of 208').waitFor();
    await page.getByRole('link', { name: 'Older' }).click();
    await page.getByText('201 to 208 of 208').waitFor();
    expect(await page.locator('#events-rows tr').count()).toBe(8);
    await page.goBack();
    await page.getByText('101 to 200 of 208').waitFor();
    await page.close();
  });

  /** Rows that are whole within a window, of thirty. */
  async function wholeRows(page: Page): Promise<number> {
    await page.locator('.chart svg').waitFor();
    await page.locator('#events-rows tr').nth(29).waitFor();
    const { height } = page.viewportSize() ?? { height: 0 };
    const bottoms = await page
      .locator('#events-rows tr')
      .evaluateAll((rows) => rows.map((row) => row.getBoundingClientRect().bottom));
    return bottoms.filter((bottom) => bottom <= height).length;
  }

  it('the console page shows at least 18 events at 1280 x 800, also below a notice', async () => {
    await deliver(30, { status: 'scheduling' });
    const page = await open({ viewport: { width: 1280, height: 800 } });
    await page.goto(served.link);
    expect(await wholeRows(page)).toBeGreaterThanOrEqual(18);

    counted.SignatureRejected = 17;
    // What was read of metrics is kept for a minute.
    await served.close();
    served = await startConsole({ stage: here.stage, port: 0 });
    await page.goto(served.link);
    await page.getByText('17 refused for their signature').waitFor();
    expect(await wholeRows(page)).toBeGreaterThanOrEqual(18);
    await page.getByRole('button', { name: 'What to do' }).click();
    await page.getByText('the secret here is probably that of another endpoint').waitFor();
    await page.close();
  });

  it('the console page folds its filters on a phone, and says how many are in use', async () => {
    await deliver(30, { status: 'scheduling' });
    await deliver(1);
    const page = await open({ viewport: { width: 360, height: 740 } });
    await page.goto(served.link);
    await page.locator('#events-rows tr').first().waitFor();
    const fold = page.getByRole('button', { name: /^Filters/ });
    const [status, search] = [page.getByLabel('Run status').first(), page.getByLabel('Search')];
    expect(await Promise.all([fold, status, search].map((one) => one.isVisible()))).toEqual([
      true,
      false,
      true,
    ]);

    await fold.press('Enter');
    await status.selectOption('success');
    await page.getByRole('button', { name: 'Filters 1 active' }).press('Enter');
    expect(await status.isVisible()).toBe(false);
    await expect.poll(() => page.locator('#events-rows tr').count()).toBe(1);
    await page.setViewportSize({ width: 1280, height: 800 });
    expect(await Promise.all([fold, status].map((one) => one.isVisible()))).toEqual([false, true]);
    await page.close();
  });

  it('the console page stops a replay of many between two events', async () => {
    const ids = await deliver(40);
    const page = await open();
    await page.goto(served.link);
    await page.getByLabel('Select all events of this page').check();
    await page.getByRole('button', { name: 'Run the rules again…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Run the rules again for 40 events?' });
    await dialog.getByRole('button', { name: 'Run the rules again for 40 events' }).click();
    await dialog.getByText(/^[1-9]\d* of 40$/).waitFor();
    await dialog.getByRole('button', { name: 'Stop' }).click();

    await dialog.getByText(/^Stopped after \d+ of 40\./).waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await here.service.work();
    const events = [...(await readEvents(here.stage, ids)).values()];
    const again = events.filter(({ round }) => round > 0).length;
    expect(again).toBeGreaterThan(0);
    expect(again).toBeLessThan(40);
    await page.close();
  });
});
