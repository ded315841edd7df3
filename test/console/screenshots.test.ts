import { join } from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { describe, it } from 'vitest';
import { startConsole } from '../../ops/console/server.ts';
import { startEmulators } from '../ops/support/emulators.ts';
import { useBrowser } from './kit/browser.ts';
import { Scene } from './kit/scene.ts';

const DOCS = join(import.meta.dirname, '../../docs');

const WIDE = { width: 1360, height: 800 };
const PHONE = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2 };

/** `npm run screenshots` updates the images in docs/. */
describe.skipIf(!process.env.UPDATE_SCREENSHOTS)('screenshots of the console', () => {
  const open = useBrowser();

  it('the screenshots for the documentation are written', async () => {
    const emulators = await startEmulators();
    const scene = await Scene.create(emulators);
    await scene.past(500);
    await scene.unknown();
    const good = await scene.followed();
    const bad = await scene.failed();
    const served = await startConsole({ stage: scene.stage, port: 0 });

    const take = async (
      name: string,
      path: string,
      { look, ...options }: BrowserContextOptions & { look: (page: Page) => Promise<unknown> },
    ) => {
      const page = await open({ reducedMotion: 'reduce', viewport: WIDE, ...options });
      await page.goto(served.url + path + new URL(served.link).hash);
      await look(page);
      await page.screenshot({ path: join(DOCS, `${name}.png`) });
      // A page that is still open would miss its server.
      await page.context().close();
    };
    const named = (page: Page) => page.getByText('Intake form').filter({ visible: true }).first().waitFor();
    const followed = async (page: Page) => {
      await named(page);
      await page.locator('.timeline li[data-step="action"] a').waitFor();
    };
    await take('console-light', '/', { look: named });
    await take('console-dark', `/?event=${good}`, { colorScheme: 'dark', look: followed });
    await take('console-dead-letters', '/?view=dlq', {
      viewport: { width: 1360, height: 420 },
      look: (page) => page.locator('#dlq-rows tr').first().waitFor(),
    });
    await take('console-phone', `/?event=${bad}`, {
      ...PHONE,
      look: (page) => page.locator('.timeline li').last().waitFor(),
    });
    await take('console-phone-list', '/', { ...PHONE, look: named });
    await take('console-selection', '/?state=failed', {
      look: async (page) => {
        await named(page);
        await page.getByLabel('Select all events of this page').check();
        await page.getByRole('button', { name: 'Replay…' }).click();
        await page.getByRole('dialog').getByText('failed: reopened').waitFor();
      },
    });

    await scene.outage();
    // The notices of the first console are kept for a minute.
    await served.close();
    Object.assign(served, await startConsole({ stage: scene.stage, port: 0 }));
    await take('console-outage', '/', {
      look: async (page) => {
        await named(page);
        await page.getByText('3 refused for their signature').waitFor();
        await page.getByText('Calls to Cyberdesk are paused').waitFor();
      },
    });

    await served.close();
    await scene.close();
    await emulators.stop();
  });
});
