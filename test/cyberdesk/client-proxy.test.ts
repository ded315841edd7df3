import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';

/** One call of each kind that the processor makes, to hosts that do not exist. */
const CALLS = `
import { SQSClient, SendMessageCommand } from '@aws-sdk/client-sqs';
import { createCyberdeskClient } from './lambda/cyberdesk/client.ts';
const client = createCyberdeskClient('key', { baseUrl: 'https://cyberdesk.invalid', sleep: async () => {} });
await client.runs.get('11111111-1111-4111-8111-111111111111').catch(() => undefined);
const credentials = { accessKeyId: 'a', secretAccessKey: 's' };
const sqs = new SQSClient({ region: 'eu-west-1', endpoint: 'https://sqs.invalid', credentials, maxAttempts: 1 });
await sqs.send(new SendMessageCommand({ QueueUrl: 'https://sqs.invalid/1/q', MessageBody: '{}' })).catch(() => undefined);
`;

it('a proxy gets the calls of Cyberdesk by the two variables of docs/edge.md, and no calls of AWS', async () => {
  const tunnels = new Set<string | undefined>();
  const proxy = createServer().on('connect', ({ url }, socket) => {
    tunnels.add(url);
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  onTestFinished(() => void proxy.close());
  const HTTPS_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const env = { ...process.env, NODE_USE_ENV_PROXY: '1', HTTPS_PROXY };

  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', CALLS], { env });

  expect([...tunnels]).toEqual(['cyberdesk.invalid:443']);
});
