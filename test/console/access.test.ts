import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { useBrowser, withoutBrowser } from './kit/browser.ts';
import { useConsole } from './kit/local.ts';

const PHONE = { width: 360, height: 740 };

describe.skipIf(withoutBrowser)('accessibility of the console page', () => {
  const local = useConsole();
  const open = useBrowser();
  let events: { good: string; bad: string } | undefined;
  const prepared = async () => {
    events ??= { good: await local().finish(), bad: await local().fail() };
    return events;
  };

  /** Every view that a user can have open. */
  const VIEWS: Record<string, (page: Page) => Promise<void>> = {
    list: async (page) => {
      await page.goto(local().url);
      await page.locator('#events-rows tr').nth(1).waitFor();
    },
    'list with its filters unfolded': async (page) => {
      await page.setViewportSize(PHONE);
      await page.goto(`${local().url}/?since=24h`);
      await page.getByRole('button', { name: 'Filters 1 active' }).click();
      await page.getByLabel('Received').waitFor();
      await page.setViewportSize({ width: 1360, height: 900 });
    },
    'nothing found': async (page) => {
      await page.goto(`${local().url}/?q=none&state=failed`);
      await page.getByText('No events match').waitFor();
    },
    event: async (page) => {
      await page.goto(`${local().url}/?event=${(await prepared()).bad}`);
      await page.locator('.timeline li').last().waitFor();
      await page.getByRole('button', { name: 'Show payload' }).click();
      await page.locator('#payload pre').waitFor();
    },
    'unknown event': async (page) => {
      await page.goto(`${local().url}/?event=none`);
      await page.locator('#detail .empty').waitFor();
    },
    'dead letters': async (page) => {
      await page.goto(`${local().url}/?view=dlq`);
      await page.locator('#dlq-rows tr').first().waitFor();
    },
    'decision dialog': async (page) => {
      await page.goto(`${local().url}/?event=${await local().unknown()}`);
      await page.getByRole('button', { name: 'Decide…' }).click();
      await page.getByLabel('It was done.').check();
      await page.getByLabel('Run ID', { exact: true }).waitFor();
    },
    'selected events': async (page) => {
      await page.goto(local().url);
      await page.getByLabel('Select all events of this page').check();
      await page.getByRole('button', { name: 'Replay…' }).click();
      await page.getByRole('dialog', { name: /^Replay/ }).waitFor();
    },
    'send dialog': async (page) => {
      await page.goto(local().url);
      await page.getByRole('button', { name: 'Send test event' }).click();
      await page.getByText('Body', { exact: true }).click();
      await page.getByLabel('Body of the event, JSON').waitFor();
    },
  };

  it.each(Object.keys(VIEWS))(
    'the console view "%s" has no accessibility violations and fits a phone',
    async (name) => {
      await prepared();
      const page = await open({ reducedMotion: 'reduce', expectErrors: name === 'unknown event' });
      await VIEWS[name]?.(page);
      await page.evaluate(axe.source);
      expect(await violations(page)).toEqual([]);
      await page.emulateMedia({ colorScheme: 'dark' });
      expect(await violations(page, ['color-contrast'])).toEqual([]);

      await page.setViewportSize(PHONE);
      expect(await violations(page)).toEqual([]);
      expect(await tooWide(page)).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width);
    },
  );

  it.each(['reduce', 'no-preference'] as const)(
    'new rows are animated only when the user allows motion (%s)',
    async (reducedMotion) => {
      await prepared();
      const page = await open({ reducedMotion });
      await page.goto(local().url);
      await page.locator('#events-rows tr').first().waitFor();
      const id = await local().finish();
      await page.locator(`#events-rows tr[data-id="${id}"].fresh`).waitFor();
      const moving = await page.evaluate('document.querySelector("tr.fresh").getAnimations().length');
      expect(moving).toBe(reducedMotion === 'reduce' ? 0 : 1);
    },
  );

  it('the list of events stays a table for screen readers when its rows are laid out as cards', async () => {
    await prepared();
    const page = await open({ viewport: PHONE });
    await page.goto(local().url);
    const table = page.getByRole('table', { name: 'Events' });
    await table.getByRole('row').nth(1).waitFor();
    expect(await table.getByRole('columnheader').count()).toBeGreaterThanOrEqual(5);
    expect(await table.getByRole('row').nth(1).getByRole('cell').count()).toBeGreaterThanOrEqual(4);
  });

  it('the console page can be used with the keyboard alone', async () => {
    const { good } = await prepared();
    const page = await open();
    await page.goto(`${local().url}/`);
    const link = page.locator(`#events-rows tr[data-id="${good}"] a`);
    await link.waitFor();
    const reached = await walk(page);
    for (const name of [
      'Skip to content',
      'Events',
      'Dead letters',
      'Theme',
      'Live',
      'Send test event',
      'All',
      'Search',
      'Received',
      `Select event ${good}`,
      good,
    ]) {
      expect(reached.map(({ name: text }) => text)).toContainEqual(expect.stringMatching(`^${name}`));
    }
    expect(reached.filter(({ isMarked }) => !isMarked)).toEqual([]);

    // Away from a field, in which these keys are text.
    await page.locator('#main').focus();
    await page.keyboard.press('/');
    expect(await page.evaluate('document.activeElement.name')).toBe('q');
    await page.keyboard.type('jk');
    expect(await page.getByLabel('Search').inputValue()).toBe('jk');
    await page.getByLabel('Search').fill('');

    await link.focus();
    await page.keyboard.press('x');
    await page.getByText('1 selected').waitFor();
    const order = await page.locator('#events-rows .event a').allTextContents();
    await page.locator('#main').focus();
    await page.keyboard.press('j');
    expect(await focused(page)).toBe(order[0]);
    await page.keyboard.press('j');
    expect(await focused(page)).toBe(order[1]);
    await page.keyboard.press('k');
    expect(await focused(page)).toBe(order[0]);

    await link.focus();
    await page.keyboard.press('Enter');
    await page.locator('.timeline li').last().waitFor();
    expect(await focused(page)).toBe('Event');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Close');
    await page.keyboard.press('Escape');
    await page.locator('#detail').waitFor({ state: 'hidden' });
    expect(await focused(page)).toBe(good);
  });

  it('the keyboard focus stays on its row when the list of events changes', async () => {
    const { good } = await prepared();
    const page = await open();
    await page.goto(local().url);
    await page.locator(`#events-rows tr[data-id="${good}"] a`).focus();
    const id = await local().finish();
    await page.locator(`#events-rows tr[data-id="${id}"]`).getByText('processed').waitFor();
    expect(await focused(page)).toBe(good);
  });
});

/** Needs axe in the page: it is injected through the debugger, which the page's policy does not restrict. */
async function violations(page: Page, rules?: string[]): Promise<string[]> {
  const only = rules ? { runOnly: rules } : {};
  const { violations: found } = (await page.evaluate(`axe.run(${JSON.stringify(only)})`)) as axe.AxeResults;
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`),
  );
}

/** Elements that extend beyond the right edge, except those that scroll within a box of their own. */
const tooWide = (page: Page) =>
  page.evaluate(`[...document.querySelectorAll('body *')]
    .filter((element) => element.checkVisibility() && !element.closest('.unseen, thead, pre *'))
    .filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5)
    .map((element) => element.outerHTML.slice(0, 80))`);

const focused = (page: Page) => page.evaluate('document.activeElement.textContent.trim()');

/** Every element that Tab reaches, and whether its focus is visible. */
async function walk(page: Page): Promise<{ name: string; isMarked: boolean }[]> {
  const reached: { name: string; isMarked: boolean }[] = [];
  for (let step = 0; step < 90; step += 1) {
    await page.keyboard.press('Tab');
    const here = await page.evaluate(`(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return null;
      const label = element.labels?.[0]?.firstChild ?? element;
      const text = element.getAttribute('aria-label') ?? label.textContent;
      const style = getComputedStyle(element);
      return { name: text.trim(), isMarked: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 1 };
    })()`);
    if (here === null) break;
    reached.push(here as { name: string; isMarked: boolean });
  }
  return reached;
}
