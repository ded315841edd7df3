import { once } from 'node:events';
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  BodyTooLargeError,
  compilePath,
  createRouter,
  LoopbackServer,
  readBody,
  sendBytes,
  sendJson,
} from '../../ops/http/index.ts';

/** A server that ends with the test. */
async function serve(handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>) {
  const server = new LoopbackServer(handle);
  onTestFinished(() => server.close());
  return { server, url: await server.listen() };
}

describe('a path template', () => {
  it.each([
    ['events/{id}', 'events/a%2Fb', { id: 'a/b' }],
    ['events/{id}', 'events/100%', { id: '100%' }],
    ['events/{id}', 'events/', undefined],
    ['events/{id}', 'events/a/b', undefined],
    ['/v1/{rest+}', '/v1/a/b', { rest: 'a/b' }],
    ['/v1/a.b', '/v1/aXb', undefined],
    ['stage', 'stage', {}],
  ])('the path template "%s" matches "%s" with the parameters %j', (template, path, parameters) => {
    expect(compilePath(template)(path)).toEqual(parameters);
  });
});

describe('a router', () => {
  const find = createRouter({
    'GET runs/bulk': 'bulk',
    'GET runs/{id}': 'one',
    'DELETE runs/{id}': 'delete',
  });

  it('a router finds the first route that matches method and path', () => {
    expect(find('GET', 'runs/bulk')).toMatchObject({ kind: 'route', route: 'bulk' });
    expect(find('DELETE', 'runs/bulk')).toEqual({
      kind: 'route',
      route: 'delete',
      parameters: { id: 'bulk' },
    });
  });

  it('a router distinguishes a wrong method from an unknown path', () => {
    expect(find('PUT', 'runs/1')).toEqual({ kind: 'wrong_method' });
    expect(find('GET', 'constructor')).toEqual({ kind: 'not_found' });
  });
});

describe('a body reader', () => {
  const limit = 1000;

  it('a body reader returns the body byte for byte, up to and including the limit', async () => {
    const { url } = await serve(async (incoming, response) =>
      sendBytes(response, 200, await readBody(incoming, limit)),
    );
    const sent = Buffer.alloc(limit, 0xff);
    const received = await fetch(url, { method: 'POST', body: sent });
    expect(Buffer.from(await received.arrayBuffer()).equals(sent)).toBe(true);
  });

  it('a body reader rejects a body above the limit, and the client that is still sending gets the answer', async () => {
    const { url } = await serve(async (incoming, response) => {
      const error = await readBody(incoming, limit).catch((thrown: unknown) => thrown);
      sendJson(response, 413, { tooLarge: error instanceof BodyTooLargeError });
    });
    const answer = await fetch(url, { method: 'POST', body: Buffer.alloc(2 ** 22) });
    expect([answer.status, await answer.json()]).toEqual([413, { tooLarge: true }]);
  });

  it('a body reader rejects a body whose connection is closed early', async () => {
    const outcome = Promise.withResolvers<unknown>();
    const { url } = await serve(async (incoming) => {
      await readBody(incoming).then(outcome.resolve, outcome.reject);
    });
    const sent = request(url, { method: 'POST', headers: { 'content-length': '10' } });
    sent.on('error', () => undefined);
    sent.write('half', () => sent.destroy());
    await expect(outcome.promise).rejects.toThrow(/closed|aborted/);
  });
});

describe('a loopback server', () => {
  it('a loopback server cuts the connection when a handler fails', async () => {
    const { url } = await serve(() => Promise.reject(new Error('broken')));
    await expect(fetch(url)).rejects.toThrow();
  });

  it('a loopback server can listen on another port after one that is in use', async () => {
    const { url } = await serve(async (_, response) => sendJson(response, 200, 'first'));
    const second = new LoopbackServer(async (_, response) => sendJson(response, 200, 'second'));
    onTestFinished(() => second.close());
    await expect(second.listen(Number(new URL(url).port))).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(await (await fetch(await second.listen())).json()).toBe('second');
  });

  it('a loopback server closes although a request has no response yet', async () => {
    const arrived = Promise.withResolvers<void>();
    const { server, url } = await serve(async () => arrived.resolve());
    const sent = request(url);
    const cut = once(sent, 'error');
    sent.end();
    await arrived.promise;
    await server.close();
    expect(await cut).toMatchObject([{ code: 'ECONNRESET' }]);
  });
});
