import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gatewayEvent } from '../../local/http/gateway-event.ts';
import { gatewayResponse } from '../../local/http/gateway-response.ts';
import { matchRoute } from '../../local/http/routes.ts';
import { tokenBucket } from '../../local/http/throttle.ts';
import type { RouteModel } from '../../local/template/model.ts';
import { LoopbackServer, readBody } from '../../ops/http/index.ts';

const route = {
  routeKey: 'POST /webhooks/cyberdesk',
  apiId: 'abc',
  account: '000000000000',
  region: 'us-east-1',
  stage: '$default',
  pathParameters: undefined,
  requestId: 'id=',
};

/** Answers a real request with the event that it becomes. */
const server = new LoopbackServer(async (request, response) => {
  const event = gatewayEvent(request, await readBody(request), route, Date.UTC(2026, 10, 25, 2, 6, 2));
  response.end(JSON.stringify(event));
});
let port: string;
beforeAll(async () => {
  ({ port } = new URL(await server.listen()));
});
afterAll(() => server.close());

// biome-ignore lint/suspicious/noExplicitAny: an event's fields are what the tests look at
function eventOf(path: string, headers: readonly string[], body: Buffer | string = ''): Promise<any> {
  return new Promise((resolve, reject) => {
    const all = ['Host', 'example.test', ...headers, 'Content-Length', String(Buffer.byteLength(body))];
    const sent = httpRequest({ port, host: '127.0.0.1', path, method: 'POST', headers: all }, (response) => {
      readBody(response).then((answer) => resolve(JSON.parse(answer.toString())), reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

describe('payload format 2.0', () => {
  it('a payload 2.0 event has header names in lower case, and repeated headers and parameters joined by commas', async () => {
    const event = await eventOf('/webhooks/cyberdesk?a=1&a=2&b=%20', [
      'Svix-Id',
      'msg_1',
      'X-Twice',
      'a',
      'X-Twice',
      'b',
    ]);
    expect(event).toMatchObject({
      version: '2.0',
      routeKey: 'POST /webhooks/cyberdesk',
      rawPath: '/webhooks/cyberdesk',
      rawQueryString: 'a=1&a=2&b=%20',
      headers: { 'svix-id': 'msg_1', 'x-twice': 'a,b', host: 'example.test' },
      queryStringParameters: { a: '1,2', b: ' ' },
      requestContext: {
        http: { method: 'POST', sourceIp: '127.0.0.1', path: '/webhooks/cyberdesk' },
        stage: '$default',
      },
    });
    expect(event.requestContext.time).toBe('25/Nov/2026:02:06:02 +0000');
  });

  it('a payload 2.0 event has cookies apart from the headers', async () => {
    const event = await eventOf('/', ['Cookie', 'a=1; b=2']);
    expect(event.cookies).toEqual(['a=1', 'b=2']);
    expect(event.headers.cookie).toBeUndefined();
  });

  it('a payload 2.0 event keeps a header named like a built-in property', async () => {
    const event = await eventOf('/', ['__proto__', 'x']);
    expect(Object.keys(event.headers)).toContain('__proto__');
  });

  it.each([
    ['application/json', false],
    ['application/json; charset=utf-8', false],
    ['Application/JSON', false],
    ['text/plain', false],
    ['application/vnd.api+json', false],
    ['application/octet-stream', true],
    ['application/x-www-form-urlencoded', true],
  ])('a body of type %s is base64-encoded: %s', async (type, encoded) => {
    const body = Buffer.from('{"ä":1}');
    const event = await eventOf('/', ['Content-Type', type], body);
    expect(event.isBase64Encoded).toBe(encoded);
    expect(Buffer.from(event.body, encoded ? 'base64' : 'utf8')).toEqual(body);
  });

  it('a body without a content type, or a compressed one, is base64-encoded', async () => {
    expect((await eventOf('/', [], 'x')).isBase64Encoded).toBe(true);
    const zipped = await eventOf('/', ['Content-Type', 'application/json', 'Content-Encoding', 'gzip'], 'x');
    expect(zipped.isBase64Encoded).toBe(true);
  });

  it('a request without a body becomes an event without one', async () => {
    const event = await eventOf('/', ['Content-Type', 'application/octet-stream']);
    expect(event).toMatchObject({ isBase64Encoded: false });
    expect(event.body).toBeUndefined();
  });
});

describe('gatewayResponse', () => {
  it('a function response becomes status, headers, cookies and decoded body', () => {
    const answer = {
      statusCode: 202,
      headers: { 'X-A': 1 },
      cookies: ['a=1'],
      body: 'aGk=',
      isBase64Encoded: true,
    };
    expect(gatewayResponse(JSON.stringify(answer))).toMatchObject({
      status: 202,
      headers: { 'x-a': '1', 'set-cookie': ['a=1'] },
      body: Buffer.from('hi'),
    });
  });

  it('a function response without a status becomes a JSON body', () => {
    expect(gatewayResponse('{"ok":true}')).toMatchObject({ status: 200, body: Buffer.from('{"ok":true}') });
  });

  it.each(['nonsense', '{"statusCode":"x"}', '{"statusCode":200,"body":{}}'])(
    'a malformed function response is an error: %s',
    (payload) => {
      expect(gatewayResponse(payload)).toBeUndefined();
    },
  );
});

describe('matchRoute', () => {
  const routes = [
    'POST /webhooks/cyberdesk',
    'ANY /items/{id}',
    'GET /items/special',
    'GET /files/{path+}',
  ].map((key) => ({ key, stage: 'live' }) as RouteModel);
  it.each([
    ['POST', '/webhooks/cyberdesk', 'POST /webhooks/cyberdesk'],
    ['POST', '/live/webhooks/cyberdesk', 'POST /webhooks/cyberdesk'],
    ['GET', '/items/special', 'GET /items/special'],
    ['DELETE', '/items/7', 'ANY /items/{id}'],
    ['GET', '/files/a/b', 'GET /files/{path+}'],
    ['GET', '/webhooks/cyberdesk', undefined],
    ['POST', '/webhooks/cyberdesk/', undefined],
    ['POST', '/webhooks', undefined],
  ])('%s %s matches the route %s', (method, path, key) => {
    expect(matchRoute(routes, method, path)?.route.key).toBe(key);
  });

  it('path parameters are decoded', () => {
    expect(matchRoute(routes, 'GET', '/items/a%20b')?.pathParameters).toEqual({ id: 'a b' });
  });
});

describe('tokenBucket', () => {
  it('throttling allows a burst, then the rate', () => {
    const take = tokenBucket(10, 2, 0);
    expect([0, 0, 0, 99, 100, 101].map((now) => take(now))).toEqual([true, true, false, false, true, false]);
  });
});
