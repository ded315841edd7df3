import { describe, expect, it } from 'vitest';
import { auditOf } from '../../ops/audit/read.ts';
import { findEvent } from '../../ops/events/store.ts';
import { useBrowser, withoutBrowser } from './kit/browser.ts';
import { useConsole } from './kit/local.ts';

describe.skipIf(withoutBrowser)('the button that erases', () => {
  const local = useConsole();
  const open = useBrowser();

  it('the console page erases the payloads of a run after saying what is lost, with the reason on record', async () => {
    const id = await local().finish({ output_data: { summary: 'PRIVATE' } });
    const page = await open();
    await page.goto(`${local().url}/?event=${id}`);
    await page.getByRole('button', { name: 'Show payload' }).click();
    await page.getByRole('region', { name: 'Payload' }).getByText('PRIVATE').waitFor();
    await page.getByRole('button', { name: 'Erase payloads…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Erase the payloads of 1 event for good?' });
    await dialog.getByText('This cannot be undone').waitFor();

    await dialog.getByRole('button', { name: 'Cancel' }).click();
    expect((await findEvent(local().stage, id))?.erased_at).toBeUndefined();

    await page.getByRole('button', { name: 'Erase payloads…' }).click();
    await dialog.getByLabel('Reason').fill('request 7');
    await dialog.getByRole('button', { name: 'Erase 1 payload' }).click();
    await dialog.getByText('1 payload erased; not erased: the inputs of 1 run at Cyberdesk').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();

    expect(await page.getByText('PRIVATE').count()).toBe(0);
    await page.locator('.timeline').getByText('its payload was erased').waitFor();
    const acts = await Array.fromAsync(auditOf(local().stage, id));
    expect(acts.map(({ verb, via, because }) => [verb, via, because])).toContainEqual([
      'events erase',
      'console',
      'request 7',
    ]);
  });
});
