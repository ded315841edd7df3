import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Console, startConsole } from '../../ops/console/server.ts';
import type { Stage } from '../../ops/stage/stage.ts';
import { ask } from './kit/http.ts';

/** Nothing here may reach AWS: a call that gets that far fails with 500. */
const stage = {
  name: 'dev',
  stackName: 'CyberdeskWebhooks-dev',
  region: 'eu-west-1',
  isLocal: false,
  outputs: { cyberdeskApiUrl: 'https://api.cyberdesk.io' },
} as Stage;

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

describe('the server of the console', () => {
  let page: Console;
  let token: string;
  beforeAll(async () => {
    page = await startConsole({ stage, port: 0 });
    token = new URL(page.link).hash.replace('#token=', '');
  });
  afterAll(() => page.close());

  const get = (path: string, headers: Record<string, string> = {}) => ask(page.url, path, { headers });
  const call = (headers: Record<string, string> = {}) =>
    get('/console/api/stage', { 'x-console-token': token, ...headers });

  it('the console gives data to its own page', async () => {
    const answer = await call({ 'sec-fetch-site': 'same-origin', origin: page.url });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toMatchObject({ name: 'dev', stack: 'CyberdeskWebhooks-dev' });
  });

  it('the console gives no data without the token of this start', async () => {
    const answers = await Promise.all(
      ['', 'x', `${token}x`, token.slice(1), token.toLowerCase()].map((given) =>
        call({ 'x-console-token': given }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
    expect((await get('/console/api/stage')).status).toBe(403);
    expect((await get(`/console/api/stage?token=${token}`)).status).toBe(403);
  });

  it('every start of the console has a new token', async () => {
    const other = await startConsole({ stage, port: 0 });
    expect(other.link.split('#')[1]).not.toBe(page.link.split('#')[1]);
    expect(token).toMatch(/^[\w-]{43}$/);
    await other.close();
  });

  it('the token of a deployed stage is not in the page, only in the printed link', async () => {
    const { text, status } = await get('/');
    expect(status).toBe(200);
    expect(text).not.toContain(token);
    expect(text).toContain('<meta name="console-token" content="" />');
  });

  it.each([
    ['a name that resolves to this machine', 'rebound.example'],
    ['a name that begins like ours', '127.0.0.1.example.com'],
    ['a name that ends like ours', 'evil-localhost'],
    ['an address of the network', '192.168.1.7'],
    ['a user at our name', 'user@127.0.0.1'],
  ])('the console refuses %s in the Host header, even with the token', async (_, name) => {
    const port = new URL(page.url).port;
    for (const path of ['/', '/console/main.js', '/console/api/stage']) {
      const answer = await get(path, { host: `${name}:${port}`, 'x-console-token': token });
      expect([path, answer.status]).toEqual([path, 403]);
      expect(answer.text).not.toContain('<html');
    }
  });

  it('the console answers under every loopback name', async () => {
    for (const name of ['127.0.0.1', 'localhost', '[::1]', 'LOCALHOST']) {
      expect((await call({ host: `${name}:${new URL(page.url).port}` })).status).toBe(200);
    }
  });

  it.each([
    'https://example.com',
    'null',
    'http://localhost:1',
    'http://127.0.0.1',
    'https://127.0.0.1:8788',
  ])('the console refuses origin %s, even with the token', async (origin) => {
    expect((await call({ origin })).status).toBe(403);
    const post = {
      method: 'POST',
      headers: { origin, 'x-console-token': token, 'content-type': 'application/json' },
    };
    expect((await ask(page.url, '/console/api/replay', { ...post, body: '{"id":"x"}' })).status).toBe(403);
  });

  it.each(['cross-site', 'same-site'])(
    'the console refuses requests that a browser marks as %s, even with the token',
    async (site) => {
      expect((await call({ 'sec-fetch-site': site })).status).toBe(403);
      expect((await get('/console/main.js', { 'sec-fetch-site': site })).status).toBe(403);
      // As an image, a script or a frame.
      expect((await get('/', { 'sec-fetch-site': site, 'sec-fetch-mode': 'no-cors' })).status).toBe(403);
      const framed = { 'sec-fetch-site': site, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' };
      expect((await get('/', framed)).status).toBe(403);
    },
  );

  it('a link on another website can open the console page, but gets no data', async () => {
    const linked = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    };
    expect((await get('/?state=failed', linked)).status).toBe(200);
    expect((await call(linked)).status).toBe(403);
  });

  it('the console changes nothing on a plain form, a GET request or a body that is not JSON', async () => {
    const headers = { 'x-console-token': token };
    const post = (type: string, body: string) =>
      ask(page.url, '/console/api/replay', {
        method: 'POST',
        headers: { ...headers, 'content-type': type },
        body,
      });
    expect((await post('text/plain', '{"id":"x"}')).status).toBe(400);
    expect((await post('application/x-www-form-urlencoded', 'id=x')).status).toBe(400);
    expect((await post('application/json', '{"id":')).status).toBe(400);
    expect((await post('application/json', '{"id":"x","more":1}')).status).toBe(400);
    expect((await post('application/json', `"${'x'.repeat(2 ** 20)}"`)).status).toBe(400);
    expect((await ask(page.url, '/console/api/replay?id=x', { headers })).status).toBe(405);
    expect((await ask(page.url, '/console/api/nothing', { headers })).status).toBe(404);
    expect((await ask(page.url, '/console/api/constructor', { headers })).status).toBe(404);
  });

  it('the console sends its security headers with every response, and forbids caching', async () => {
    const paths = [
      '/',
      '/console/main.js',
      '/console/base.css',
      '/console/mark.svg',
      '/console/api/stage',
      '/no',
      '/console/no',
    ];
    for (const path of paths) {
      const { headers } = await get(path, { 'x-console-token': token });
      expect([path, headers['content-security-policy']]).toEqual([path, POLICY]);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'same-origin',
        'cross-origin-opener-policy': 'same-origin',
      });
      expect(headers['access-control-allow-origin']).toBeUndefined();
      expect(headers['set-cookie']).toBeUndefined();
    }
  });

  it('the console page has nothing inline that its policy would block', async () => {
    const { text } = await get('/');
    expect(text).not.toMatch(/<style|\sstyle=|<script(?![^>]*\ssrc=)|\son\w+=|javascript:/i);
  });

  it('the console serves the files of the page and no other files', async () => {
    const paths = [
      '/console/../server.ts',
      '/console/%2e%2e/server.ts',
      '/console/..%2fserver.ts',
      '/console/tsconfig.json',
      '/console/types.d.ts',
      '/console/index.html',
      '/console/',
      '/package.json',
    ];
    for (const path of paths) expect([path, (await get(path)).status]).toEqual([path, 404]);
  });

  it('the console listens on loopback only', async () => {
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((address) => address?.family === 'IPv4' && !address.internal)?.address;
    // Without a network interface there is nothing to test.
    if (outside === undefined) return;
    const refused = await new Promise((resolve) => {
      const socket = connect(Number(new URL(page.url).port), outside);
      socket.on('connect', () => resolve('connected')).on('error', ({ message }) => resolve(message));
    });
    expect(refused).toContain('ECONNREFUSED');
  });

  it('the error of the console for a port in use names the port', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    await expect(startConsole({ stage, port })).rejects.toThrow(`port ${port} is in use`);
    other.close();
  });

  it('the console shows only the name of an unexpected error', async () => {
    const clients = {
      dynamoDb: { send: () => Promise.reject(new TypeError('value "Jane Doe" is odd')) },
    };
    const broken = await startConsole({
      stage: { ...stage, outputs: { eventRetentionDays: 1 }, clients } as never,
      port: 0,
    });
    const headers = { 'x-console-token': new URL(broken.link).hash.replace('#token=', '') };
    const { status, text } = await ask(broken.url, '/console/api/events', { headers });
    await broken.close();
    expect(status).toBe(500);
    expect(text).toContain('TypeError');
    expect(text).not.toContain('Jane');
  });
});
