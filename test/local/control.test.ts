import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deadLetter } from '../../local/control/queue-state.ts';
import { isOwnRequest, LoopbackServer } from '../../ops/http/index.ts';

let seen: IncomingMessage;
const server = new LoopbackServer(async (request, response) => {
  seen = request;
  response.end();
});
let port: string;
beforeAll(async () => {
  ({ port } = new URL(await server.listen()));
});
afterAll(() => server.close());

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

describe('control endpoints', () => {
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
  ])('a control request with the headers %j is our own: %s', async (headers, own) => {
    expect(await judge(headers)).toBe(own);
  });
});

describe('the state of the queues', () => {
  it('the state of the queues shows the ids and the reason of a dead letter, whatever its body', () => {
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
