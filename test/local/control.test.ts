import {
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
} from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainItem } from '../../local/control/attributes.ts';
import { deadLetter } from '../../local/control/queue-state.ts';
import { isOwnRequest } from '../../local/http/front.ts';
import { closeServer, listen } from '../../local/http/server.ts';

let server: Server;
let port: number;
let seen: IncomingMessage;
beforeAll(async () => {
  server = createServer((request, response) => {
    seen = request;
    response.end();
  });
  port = await listen(server, 0);
});
afterAll(() => closeServer(server));

async function judge(headers: IncomingHttpHeaders): Promise<boolean> {
  await new Promise<void>((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port, headers }, (response) =>
      response.resume().on('end', resolve),
    );
    sent.on('error', reject);
    sent.end();
  });
  return isOwnRequest(seen);
}

describe('isOwnRequest', () => {
  it.each([
    [{}, true],
    [{ host: 'localhost:8787' }, true],
    [{ host: '127.0.0.1:8787', origin: 'http://127.0.0.1:8787', 'sec-fetch-site': 'same-origin' }, true],
    [{ host: 'evil.example' }, false],
    [{ host: '127.0.0.1.evil.example' }, false],
    [{ host: '127.0.0.1:8787', origin: 'http://evil.example' }, false],
    [{ host: '127.0.0.1:8787', origin: 'http://127.0.0.1:9999' }, false],
    [{ host: '127.0.0.1:8787', origin: 'null' }, false],
    [{ host: '127.0.0.1:8787', 'sec-fetch-site': 'cross-site' }, false],
  ])('a request with the headers %j is from this machine: %s', async (headers, own) => {
    expect(await judge(headers)).toBe(own);
  });
});

describe('state endpoints', () => {
  it('DynamoDB items are shown as plain JSON', () => {
    const item = {
      s: { S: 'a' },
      n: { N: '7' },
      b: { B: 'aGk=' },
      l: { L: [{ BOOL: true }] },
      m: { M: { x: { NULL: true } } },
    };
    expect(plainItem(item)).toEqual({
      s: 'a',
      n: 7,
      b: new Uint8Array([104, 105]),
      l: [true],
      m: { x: null },
    });
  });

  it('a dead letter is shown with ids and reason, whatever its body is', () => {
    const message = {
      messageId: 'm',
      messageAttributes: { reason: { StringValue: 'refused' } },
      sentTimestamp: 0,
    };
    const shown = { id: 'm', reason: 'refused', sent_at: '1970-01-01T00:00:00.000Z' };
    expect(deadLetter({ ...message, body: '{"v":1,"event":"e"}' })).toEqual({ ...shown, event_id: 'e' });
    expect(deadLetter({ ...message, body: 'canary' })).toEqual({ ...shown, event_id: null });
  });
});
