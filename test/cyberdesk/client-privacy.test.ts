import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { inspect } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { createCyberdeskClient } from '../../lambda/cyberdesk/client.ts';
import type { Fault } from '../../local/faults/faults.ts';
import { startApi, WORKFLOW } from './setup.ts';

const SECRET = /canary/i;

const FAULTS: Record<string, Omit<Fault, 'call'>> = {
  'a refusal that quotes the input': {
    do: 'fail',
    status: 422,
    body: { detail: [{ input: 'canary-payload' }] },
  },
  'a server error with text': { do: 'fail', status: 500, body: 'canary-payload' },
  'a header that quotes': {
    do: 'fail',
    status: 400,
    headers: { 'x-echo': 'canary-payload' },
    body: 'canary-payload',
  },
  'a success that is not JSON': { do: 'fail', status: 201, body: Buffer.from('canary-payload') },
  'a broken connection': { do: 'drop' },
  'no response': { do: 'delay', ms: 3_600_000 },
};

it.each(Object.entries(FAULTS))(
  'an error does not contain any data of the call: %s',
  async (_name, fault) => {
    const api = await startApi();
    const client = createCyberdeskClient('canary-api-key', {
      baseUrl: api.url,
      timeoutMs: 100,
      sleep: async () => {},
    });
    api.faults.plant({ call: 'cyberdesk:*', times: 'always', ...fault });

    const { error } = await client.runs.create(
      { workflow_id: WORKFLOW, input_values: { patient: 'canary-payload' } },
      { idempotencyKey: 'canary-key' },
    );

    expect(error).toBeDefined();
    expect(inspect(error, { depth: 10, showHidden: true, getters: true })).not.toMatch(SECRET);
    expect(JSON.stringify(error)).not.toMatch(SECRET);
  },
);

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';

it.each([
  [
    'whose chunks have no size',
    `${HEAD}transfer-encoding: chunked\r\n\r\n10\r\n{"output_data":{\r\nXX{"a":"canary"}`,
  ],
  ['that is longer than it says', `${HEAD}content-length: 3\r\n\r\n{}}canary`],
  ['that is not compressed as it says', `${HEAD}content-encoding: gzip\r\ncontent-length: 6\r\n\r\ncanary`],
  ['that is not HTTP', 'canary\r\n\r\n'],
])('an error does not contain an answer %s', async (_name, answer) => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(answer));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const client = createCyberdeskClient('key', { baseUrl: `http://127.0.0.1:${port}`, sleep: async () => {} });

  const { error } = await client.runs.get('run');

  expect(error).toBeDefined();
  expect(inspect(error, { depth: 10, showHidden: true, getters: true })).not.toMatch(SECRET);
});
