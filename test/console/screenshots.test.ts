import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, it } from 'vitest';
import { useBrowser } from './kit/browser.ts';
import { useConsole } from './kit/local.ts';

const DOCS = join(import.meta.dirname, '../../docs');

/** `npm run screenshots` updates the images in docs/. */
describe.skipIf(!process.env.UPDATE_SCREENSHOTS)('screenshots of the console', () => {
  const local = useConsole();
  const open = useBrowser();

  it('the screenshots for the documentation are written', async () => {
    const { run } = local();
    if (!run.fake || run.secret === null)
      throw new Error('screenshots need the fake API and a signing secret');
    run.fake.settings.webhook = { url: run.webhookUrl, secret: run.secret };
    run.fake.settings.completeAfterMs = 300;
    await local().finish({ status: 'scheduling' });
    await local().whole.deliver('not JSON');
    await local().finish({ status: 'cancelled' });
    const good = await local().finish();
    await local().finish({ status: 'task_failed' });
    await local().finish({ status: 'error' });
    const bad = await local().fail();
    await local().finish();

    const take = async (
      name: string,
      path: string,
      { look, ...options }: BrowserContextOptions & { look: (page: Page) => Promise<void> },
    ) => {
      const page = await open({ reducedMotion: 'reduce', ...options });
      await page.goto(local().url + path);
      await look(page);
      await page.screenshot({ path: join(DOCS, `${name}.png`) });
    };
    const timeline = (page: Page) => page.locator('.timeline li').last().waitFor();
    const followed = (page: Page) => page.locator('.timeline li[data-step="action"] a').waitFor();
    const deadLetters = (page: Page) => page.locator('#dlq-rows tr').first().waitFor();
    const wide = { width: 1360, height: 860 };
    const phone = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2 };
    await take('console-light', `/?event=${good}`, { viewport: wide, colorScheme: 'light', look: followed });
    await take('console-dark', `/?event=${bad}`, { viewport: wide, colorScheme: 'dark', look: timeline });
    const low = { width: 1360, height: 420 };
    await take('console-dead-letters', '/?view=dlq', {
      viewport: low,
      colorScheme: 'light',
      look: deadLetters,
    });
    await take('console-phone', `/?event=${bad}`, { ...phone, colorScheme: 'light', look: timeline });
  });
});
