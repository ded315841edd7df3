import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startConsole } from '../../ops/console/server.ts';
import { useBrowser, withoutBrowser } from './kit/browser.ts';
import { useConsole } from './kit/local.ts';

describe.skipIf(withoutBrowser)('other sites in the same browser', () => {
  const local = useConsole();
  const open = useBrowser();
  let stranger: Server;
  let strange: string;

  beforeAll(async () => {
    stranger = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<!doctype html><title>stranger</title><body></body>');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => stranger.once('listening', resolve));
    strange = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    stranger.close();
    stranger.closeAllConnections();
  });

  it('another website can neither read nor change anything', async () => {
    const id = await local().fail();
    const page = await open({ expectErrors: true });
    // Only the server sees what the browser withholds from the other website.
    const answered: string[] = [];
    local().run.use((request, response) => {
      response.on('finish', () => answered.push(`${request.method} ${request.url} ${response.statusCode}`));
      return false;
    });
    await page.goto(strange);
    const outcome = await page.evaluate(`(async () => {
      const to = (path, init) => fetch(${JSON.stringify(local().url)} + path, init).then(
        async (response) => response.type === 'opaque' ? 'opaque' : 'read ' + await response.text(), () => 'refused');
      const json = JSON.stringify({ id: ${JSON.stringify(id)} });
      return Promise.all([
        to('/console/api/events'),
        to('/console/api/queues', { mode: 'no-cors' }),
        to('/console/api/replay', { method: 'POST', mode: 'no-cors', body: json }),
        to('/console/api/redrive', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }),
        to('/console/api/send', { method: 'POST', headers: { 'x-console-token': 'x' }, body: json }),
        to('/'),
      ]);
    })()`);
    expect(outcome).not.toContainEqual(expect.stringContaining('read'));
    expect(answered).toContain('POST /console/api/replay 403');
    expect(answered.filter((line) => !line.endsWith(' 403') && !line.includes('/_local/'))).toEqual([]);
    expect((await local().whole.event(id))?.state).toBe('failed');
  });

  it('another website can neither frame the page nor load its scripts', async () => {
    const page = await open({ expectErrors: true });
    await page.goto(strange);
    await page.evaluate(`new Promise((done) => {
      const frame = document.createElement('iframe');
      frame.src = ${JSON.stringify(`${local().url}/`)};
      frame.onload = frame.onerror = done;
      document.body.append(frame);
    })`);
    const frame = page.frames()[1];
    expect(
      await frame
        ?.locator('#main')
        .count()
        .catch(() => 0),
    ).toBe(0);
    const script = await page.evaluate(`new Promise((done) => {
      const script = document.createElement('script');
      script.src = ${JSON.stringify(`${local().url}/console/main.js`)};
      script.onload = () => done('loaded');
      script.onerror = () => done('refused');
      document.body.append(script);
    })`);
    expect(script).toBe('refused');
  });

  it('a foreign name that resolves to this machine gets nothing', async () => {
    const page = await open({ expectErrors: true });
    const answer = await page.goto(`http://rebound.example:${new URL(local().url).port}/`);
    expect(answer?.status()).toBe(403);
    expect(await page.locator('meta[name="console-token"]').count()).toBe(0);
  });

  it('the page of a deployed stage shows nothing without the printed link', async () => {
    const served = await startConsole({ stage: local().stage, port: 0 });
    try {
      const page = await open();
      await page.goto(served.url);
      await page.getByRole('alert').getByText('has no token').waitFor();
      // The page closes before its server, so that its last requests do not fail.
      await page.context().close();
    } finally {
      await served.close();
    }
  });
});
