import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Context, SQSEvent } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { writeEnvironment } from '../../lambda/environment/fields.ts';
import { processorEnvironment } from '../../lambda/environment/processor.ts';
import { runComplete } from '../core/support/webhooks.ts';
import { sqsRecord } from '../simulation/model/sqs-record.ts';
import { environment } from './support.ts';

// The rules of this repository's tests: those at the root are the customer's.
vi.mock('#follow-ups', () => import('../app/follow-ups.ts'));

/** AWS as it is while nothing is reachable but the queue. */
const calls: { operation: string; host: string | undefined; input: Record<string, unknown> }[] = [];
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    calls.push({
      operation,
      host: request.headers.host,
      input: JSON.parse(Buffer.concat(chunks).toString()),
    });
    const isQueue = operation === 'ChangeMessageVisibility';
    response.writeHead(isQueue ? 200 : 400, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(isQueue ? {} : { __type: 'AccessDeniedException', message: 'no' }));
  });
});

let bundle: typeof import('../../lambda/processor/handler.ts');
const lines: string[] = [];
const logged = () => lines.flatMap((line) => (line.includes('"message"') ? [JSON.parse(line)] : []));

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const variables = {
    ...writeEnvironment(processorEnvironment, { ...environment, queueUrl: `${url}/000000000000/queue` }),
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  bundle = await import('../../lambda/processor/handler.ts');
});
afterEach(() => {
  lines.length = 0;
  calls.length = 0;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  vi.unstubAllEnvs();
});

it('a message that cannot be handled is hidden, logged with its request, and counted before the sandbox freezes', async () => {
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
  const body = JSON.stringify({ v: 1, event: 'event-1' });
  const batch = { Records: [sqsRecord('m1', { body, receives: 1, handle: 'h' })] } as SQSEvent;
  const context = { getRemainingTimeInMillis: () => 45_000, awsRequestId: 'r' } as Context;

  expect(await bundle.handler(batch, context)).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });

  expect(calls.map(({ operation }) => operation)).toEqual(['GetItem', 'ChangeMessageVisibility']);
  expect(logged()).toMatchObject([
    { level: 'ERROR', message: 'message failed; it will be redelivered', request_id: 'r', message_id: 'm1' },
  ]);
  const metrics = lines.filter((line) => line.includes('CloudWatchMetrics')).map((line) => JSON.parse(line));
  expect(metrics).toMatchObject([{ stack: 'stack', MessageFailed: 1 }]);
});

it('the bundle answers what its rules would do, as text', () => {
  const question = {
    event: { event_id: 'event-1', type: 'run_complete' },
    body: runComplete({ status: 'error' }).toString(),
    depth: 0,
    retries: 0,
    stage: 'dev',
    workflowIds: {},
    maxFollowUpDepth: 5,
  };

  expect(JSON.parse(bundle.rehearse(JSON.stringify(question)))).toEqual(expect.any(Array));
  expect(bundle.rehearse(JSON.stringify({ ...question, body: '{}' }))).toBe('null');
});
