import { randomUUID } from 'node:crypto';
import type { Request } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { EventItem } from '../../lambda/core/model/index.ts';
import { startConsole } from '../../ops/console/server.ts';
import { timeline } from '../../ops/events/timeline.ts';
import { deliver, runComplete } from '../e2e/kit/webhooks.ts';
import { useBrowser, withoutBrowser } from './kit/browser.ts';
import { useConsole } from './kit/local.ts';

/** The timeline of an event received at this time, without a sign that it was queued. */
const unbegun = (at: number) => {
  const event = { received_at: new Date(at).toISOString(), state: 'received', round: 0, body_bytes: 2 };
  const rest = { completion: undefined, actions: [], startedBy: undefined, pause: undefined, acts: [] };
  return timeline({ event: event as EventItem, ...rest });
};

describe.skipIf(withoutBrowser)('the console page', () => {
  const local = useConsole();
  const open = useBrowser();
  const row = (id: string) => `#events-rows tr[data-id="${id}"]`;

  it('the console page shows and announces a new event without a reload', async () => {
    await local().finish();
    const page = await open();
    await page.goto(local().url);
    await page.locator('#events-rows tr').first().waitFor();
    await page.evaluate('window.sameDocument = true');

    const id = await local().send({ status: 'task_failed' });

    await page.locator(row(id)).getByText('processed').waitFor();
    expect(await page.locator('#events-rows tr').first().getAttribute('data-id')).toBe(id);
    expect(await page.locator(row(id)).textContent()).toContain('task_failed');
    await page.getByText('New event: task_failed').waitFor({ state: 'attached' });
    expect(await page.evaluate('window.sameDocument')).toBe(true);
  });

  it('the console page makes no requests while it is paused or not visible', async () => {
    await local().finish();
    const page = await open();
    await page.clock.install();
    let asked = 0;
    const underway = new Set<Request>();
    page.on('request', (request) => {
      if (!request.url().includes('/console/api/')) return;
      asked += 1;
      underway.add(request);
    });
    page.on('requestfinished', (request) => underway.delete(request));
    page.on('requestfailed', (request) => underway.delete(request));
    const minute = async () => {
      await expect.poll(() => underway.size).toBe(0);
      asked = 0;
      await page.clock.runFor(60_000);
      return asked;
    };
    await page.goto(local().url);
    await page.locator('#events-rows tr').first().waitFor();
    expect(await minute()).toBeGreaterThan(0);
    await page.getByRole('button', { name: 'Live' }).click();
    expect(await minute()).toBe(0);
    const id = await local().finish();
    await page.getByRole('button', { name: 'Live', pressed: false }).click();
    await page.locator(row(id)).waitFor();

    await page.evaluate("Object.defineProperty(document, 'hidden', { get: () => true })");
    expect(await minute()).toBe(0);
  });

  it('the console page shows that deliveries are refused, and what to do', async () => {
    const { webhookUrl } = local().run;
    const other = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;
    expect((await deliver(webhookUrl, other, runComplete())).status).toBe(400);
    const page = await open();
    await page.goto(local().url);

    const notice = page.locator('#notices');
    await notice.getByText('1 refused for their signature').waitFor();
    expect(await notice.textContent()).toContain('secret set');

    await local().finish();
    await notice.waitFor({ state: 'hidden' });
  });

  it('the console page falls back to the list when the address names an unknown view', async () => {
    const id = await local().finish();
    const page = await open();
    await page.goto(`${local().url}/?view=zzz&q=none`);
    await page.getByText('No events match').waitFor();
    // Before there are events, a click would be undone when they appear.
    expect(await page.getByLabel('Select all events of this page').isDisabled()).toBe(true);
    expect(page.url()).toBe(`${local().url}/?q=none`);
    await page.goto(`${local().url}/?view=zzz`);
    await page.locator(row(id)).waitFor();
    expect(page.url()).toBe(`${local().url}/`);
  });

  it('an unknown event leads back to the list of the console page', async () => {
    const id = await local().finish();
    const page = await open({ expectErrors: true });
    await page.goto(`${local().url}/?event=nope`);
    const detail = page.locator('#detail');
    await detail.getByText('There is no event nope here').waitFor();
    expect(await detail.textContent()).not.toContain('npx');
    await detail.getByRole('link', { name: 'Back to the list' }).click();
    await detail.waitFor({ state: 'hidden' });
    await page.locator(row(id)).waitFor();
    expect(page.url()).toBe(`${local().url}/`);
  });

  it('the console page shows that an event was stored and not started, without suggesting a shell command', async () => {
    const id = await local().finish();
    const page = await open();
    await page.route('**/console/api/event?*', async (route) => {
      const response = await route.fetch();
      // The next polls find it unchanged.
      if (response.status() === 304) return route.fulfill({ response });
      const timeline = unbegun(Date.now() - 120_000);
      await route.fulfill({ response, json: { ...(await response.json()), state: 'received', timeline } });
    });
    await page.goto(`${local().url}/?event=${id}`);
    const steps = page.locator('.timeline li');
    await steps.last().waitFor();
    expect(await steps.locator('.title > span').allTextContents()).toEqual([
      'Received',
      'Not started',
      'Overdue',
    ]);
    expect(await steps.last().textContent()).toContain('replay');
    expect(await steps.last().textContent()).not.toContain('npx');
    expect(await page.locator('#detail').getByRole('button', { name: 'Replay' }).isVisible()).toBe(true);
  });

  it('the console page shows the timeline of an event step by step', async () => {
    const id = await local().finish();
    const runId = (await local().whole.event(id))?.actions.flatMap(({ run_ids }) => run_ids)[0] as string;
    const page = await open();
    await page.goto(local().url);
    await page.locator(row(id)).getByRole('link').click();

    const steps = page.locator('.timeline li');
    await steps.last().waitFor();
    expect(await steps.locator('.title > span').allTextContents()).toEqual([
      'Received',
      'Queued',
      'Planned',
      'Other rules',
      'Action: start-next-workflow',
      'Finished',
    ]);
    expect(await steps.nth(2).textContent()).toContain('1 action');
    expect(await steps.nth(4).textContent()).toContain(runId);
    expect(await steps.nth(5).textContent()).toContain('processed');
    expect(new URL(page.url()).searchParams.get('event')).toBe(id);
  });

  it('the console page links an event and its follow-up in both directions', async () => {
    const { fake, webhookUrl, secret } = local().run;
    if (!fake || secret === null) throw new Error('the test needs the fake API and a signing secret');
    fake.settings.webhook = { url: webhookUrl, secret };
    const id = await local().finish();
    const [runId = ''] = (await local().whole.event(id))?.actions.flatMap(({ run_ids }) => run_ids) ?? [];
    const page = await open();
    await page.goto(`${local().url}/?event=${id}`);
    await page.locator('.timeline li').last().waitFor();
    fake.complete(runId);

    await page.locator('.timeline li[data-step="action"]').getByRole('link').click();
    await page.locator('.facts').getByText(runId).waitFor();
    expect(new URL(page.url()).searchParams.get('event')).not.toBe(id);
    await page.locator('.timeline li[data-step="started_by"]').getByRole('link').click();
    await expect.poll(() => new URL(page.url()).searchParams.get('event')).toBe(id);
  });

  it('the console page shows why an event failed', async () => {
    const id = await local().fail();
    const page = await open();
    await page.goto(`${local().url}/?event=${id}`);
    const action = page.locator('.timeline li', { hasText: 'Action: start-next-workflow' });
    await action.getByText('failed, HTTP 422: refused').waitFor();
    await page.locator('.timeline li', { hasText: 'Dead letter' }).waitFor();
  });

  it('the console page keeps its filters across a reload and the back button', async () => {
    const run = runComplete().run;
    const failed = await local().finish({ ...run, status: 'error' });
    await local().finish({ workflow_id: run.workflow_id });
    const page = await open();
    await page.goto(local().url);
    await page.getByLabel('Search').fill(run.workflow_id.slice(0, 13));
    await page.waitForURL(/q=/);
    await page.getByLabel('Run status').first().selectOption('error');
    await page.waitForURL(/status=error/);
    await page.getByRole('link', { name: /^Processed/ }).click();
    const rows = page.locator('#events-rows tr');
    const onlyIt = async () => {
      await page.locator(row(failed)).waitFor();
      await expect.poll(() => rows.count()).toBe(1);
    };
    await onlyIt();
    const query = Object.fromEntries(new URL(page.url()).searchParams);
    expect(query).toEqual({ q: run.workflow_id.slice(0, 13), status: 'error', state: 'processed' });

    await page.reload();
    await onlyIt();
    expect(await page.getByLabel('Search').inputValue()).toBe(run.workflow_id.slice(0, 13));
    const chosen = page.locator('#states [aria-current]');
    expect(await chosen.textContent()).toBe('Processed 1');

    await page.goBack();
    await expect.poll(() => chosen.textContent()).toContain('All');
    await page.getByRole('button', { name: 'Clear filters' }).click();
    expect(new URL(page.url()).search).toBe('');
    await expect.poll(() => rows.count()).toBeGreaterThan(1);
  });

  it('the console page fetches a payload only on request, and removes it when it is hidden', async () => {
    const id = await local().finish({ output_data: { summary: 'Jane Doe' } });
    const page = await open();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(`${local().url}/?event=${id}`);
    await page.locator('.timeline li').last().waitFor();
    expect(asked.filter((path) => /api\/(payload|copy)/.test(path))).toEqual([]);
    expect(await page.content()).not.toContain('Jane Doe');

    await page.getByRole('button', { name: 'Show payload' }).click();
    await page.locator('#payload pre', { hasText: 'Jane Doe' }).waitFor();
    await page.getByRole('button', { name: 'Hide payload' }).click();
    expect(await page.content()).not.toContain('Jane Doe');

    // Closing the event removes it, too.
    await page.getByRole('button', { name: 'Show payload' }).click();
    await page.locator('#payload pre').waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
    expect(await page.content()).not.toContain('Jane Doe');
  });

  it('the console page finds an event by the name of its workflow', async () => {
    const workflow_id = randomUUID();
    local().run.fake?.seedWorkflow({ id: workflow_id, name: 'Referral letters' });
    const id = await local().finish({ workflow_id });
    const page = await open();
    await page.goto(local().url);
    await page.locator(row(id)).getByText('Referral letters').waitFor();
    await page.getByLabel('Search').fill('referral');

    await expect.poll(() => page.locator('#events-rows tr').count()).toBe(1);
    expect(await page.locator('#events-range').textContent()).toBe('1 to 1 of 1');
    expect(await page.locator(row(id)).locator('.outcome').textContent()).toBe('1 run started');
  });

  it('the console page draws accepted and refused deliveries, and a click on a bar chooses its time', async () => {
    await local().finish();
    const page = await open();
    await page.goto(local().url);
    const chart = page.getByRole('img', { name: /^Deliveries and failed events: accepted [1-9]/ });
    await chart.waitFor();
    await chart.locator('.target').last().click();

    const { searchParams } = new URL(page.url());
    expect(Date.parse(searchParams.get('until') ?? '')).toBeGreaterThan(Date.now() - 60_000);
    expect(await page.getByLabel('Received').inputValue()).toBe('custom');
    expect(await page.getByLabel('From').inputValue()).not.toBe('');
  });

  it('the console page shows at once that its server is gone, and continues when it is back', async () => {
    const first = await startConsole({ stage: local().stage, port: 0 });
    const port = Number(new URL(first.url).port);
    const page = await open({ expectErrors: true });
    await page.goto(first.link);
    await page.locator('#events-rows tr').first().waitFor();
    await first.close();

    await page.getByRole('alert').getByText('is not responding').waitFor();
    expect(await page.locator('#live').textContent()).toBe('Disconnected');
    const second = await startConsole({ stage: local().stage, port });
    // Its token is another one: the page says what to do.
    await page.getByRole('alert').getByText('token is missing or expired').waitFor();
    expect(await page.locator('#live').textContent()).toBe('Live');
    await page.context().close();
    await second.close();
  });

  it('the console page keeps the theme that a user chooses', async () => {
    const page = await open({ colorScheme: 'light' });
    const scheme = () => page.evaluate('getComputedStyle(document.documentElement).colorScheme');
    await page.goto(local().url);
    await page.getByRole('button', { name: 'Theme: system' }).click();
    await page.getByRole('button', { name: 'Theme: light' }).click();
    expect(await scheme()).toBe('dark');

    await page.reload();
    await page.getByRole('button', { name: 'Theme: dark' }).waitFor();
    expect(await scheme()).toBe('dark');
  });

  it('the console page copies an id', async () => {
    const id = await local().finish();
    const page = await open({ permissions: ['clipboard-read', 'clipboard-write'] });
    await page.goto(`${local().url}/?event=${id}`);
    await page.getByRole('button', { name: 'Copy event ID' }).click();

    await page.getByText('Copied event ID.').waitFor({ state: 'attached' });
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(id);
  });

  it('the console page shows a failing backend, and recovers when it is back', async () => {
    const page = await open({ expectErrors: true });
    await page.goto(local().url);
    await page.locator('#events-rows tr').first().waitFor();
    await page.route('**/console/api/events?*', (route) =>
      route.fulfill({
        status: 502,
        json: { error: 'AwsRefusedError', message: 'the AWS session has expired: sign in again' },
      }),
    );
    await page.getByRole('alert').getByText('sign in again').waitFor();
    await page.unroute('**/console/api/events?*');
    await page.getByRole('alert').waitFor({ state: 'hidden' });
  });
});
