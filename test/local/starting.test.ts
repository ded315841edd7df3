import { createServer } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { healthOfStart } from '../../local/control/starting.ts';
import { HttpFront } from '../../local/http/front.ts';
import { sendJson } from '../../ops/http/index.ts';
import { connectLocal } from '../../ops/stage/local.ts';
import { listening } from '../support/start-process.ts';

it('the health of a local run is answered while it starts, and everything else waits for it', async () => {
  const front = new HttpFront(healthOfStart);
  onTestFinished(() => front.close());
  const url = await front.listen(0);
  const answered: string[] = [];
  const waiting = fetch(`${url}/webhooks/cyberdesk`, { method: 'POST' }).then((response) => {
    answered.push('webhook');
    return response.status;
  });

  const health = await fetch(`${url}/_local/health`);
  answered.push('health');
  front.use((_, response) => {
    sendJson(response, 200, { status: 'ok' });
    return true;
  });
  front.open();

  expect([health.status, await health.json()]).toEqual([503, { status: 'starting' }]);
  expect(await waiting).toBe(200);
  expect(answered).toEqual(['health', 'webhook']);
  const open = await fetch(`${url}/_local/health`);
  expect([open.status, await open.json()]).toEqual([200, { status: 'ok' }]);
});

it('a verb whose request fails says whether the local run is being started', async () => {
  const server = createServer((request, response) => {
    if (request.url === '/_local/health') sendJson(response, 503, { status: 'starting' });
    else request.socket.destroy();
  });
  const url = `http://127.0.0.1:${await listening(server)}`;
  onTestFinished(() => void server.close());

  await expect(connectLocal(url)).rejects.toThrow(`the local run at ${url} is being started`);
});
