import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Context } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';

/** What the services answer, by operation: a status and a body. */
let answers: Record<string, [number, object] | ((input: Record<string, unknown>) => [number, object])>;
const server = createServer((request, response) => {
  const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
  const answer = answers[operation] ?? [200, {}];
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const input = JSON.parse(Buffer.concat(chunks).toString());
    const [status, body] = typeof answer === 'function' ? answer(input) : answer;
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(body));
  });
});

const refused: [number, object] = [400, { __type: 'AccessDeniedException', message: 'no' }];
const hourAgo = () => new Date(Date.now() - 3_600_000).toISOString();
const lines: string[] = [];
/** Lines in the embedded metric format. */
const metrics = () => lines.flatMap((line) => (line.includes('CloudWatchMetrics') ? [JSON.parse(line)] : []));

let sweep: () => Promise<void>;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  vi.stubEnv('AWS_ENDPOINT_URL', url);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  vi.stubEnv('TABLE_NAME', 'table');
  vi.stubEnv('QUEUE_URL', `${url}/000000000000/queue`);
  vi.stubEnv('STACK_NAME', 'stack');
  vi.stubEnv('STAGE', 'dev');
  vi.stubEnv('EVENT_RETENTION_DAYS', '90');
  vi.stubEnv('COMPLETION_RETENTION_DAYS', '180');
  const { handler } = await import('../../lambda/sweeper/handler.ts');
  const context = { getRemainingTimeInMillis: () => 120_000, awsRequestId: 'r' } as Context;
  sweep = () => {
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
    return handler({}, context);
  };
});
afterEach(() => {
  lines.length = 0;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  vi.unstubAllEnvs();
});

const open = { Items: [{ event_id: { S: 'e' }, received_at: { S: hourAgo() } }] };

it('the sweeper reports the age, and what is overdue, although it may read nothing else', async () => {
  answers = { Query: [200, open], GetQueueAttributes: [200, {}], BatchGetItem: refused };
  await expect(sweep()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  expect(metrics()).toMatchObject([
    { stack: 'stack', OldestUnfinishedEventAge: expect.any(Number) },
    { stack: 'stack', EventOverdue: 1 },
  ]);
  expect(metrics()[0].OldestUnfinishedEventAge).toBeGreaterThanOrEqual(3600);
});

it('a sweep that fails is logged as an error, with the name of what failed', async () => {
  answers = { Query: [200, open], GetQueueAttributes: [200, {}], BatchGetItem: refused };
  await expect(sweep()).rejects.toMatchObject({ name: 'AccessDeniedException' });
  const errors = lines.filter((line) => line.includes('"ERROR"')).map((line) => JSON.parse(line));
  expect(errors).toMatchObject([
    { message: expect.stringContaining('sweep failed'), error: { name: 'AccessDeniedException' } },
  ]);
});

it('the sweeper reports an age of zero if nothing is unfinished', async () => {
  answers = { GetQueueAttributes: [200, {}], BatchGetItem: [200, {}] };
  await sweep();
  expect(metrics()).toMatchObject([{ OldestUnfinishedEventAge: 0 }]);
  expect(lines.some((line) => line.includes('sweep finished'))).toBe(true);
});

/** A table with one event in the first shard, untouched for two hours. */
const twoHoursAgo = new Date(Date.now() - 2 * 3_600_000).toISOString();
const lost = {
  Query: ({ ExpressionAttributeValues }: Record<string, unknown>): [number, object] => [
    200,
    JSON.stringify(ExpressionAttributeValues).includes('"S":"0"')
      ? { Items: [{ event_id: { S: 'e' }, received_at: { S: twoHoursAgo } }] }
      : {},
  ],
  GetQueueAttributes: [200, {}] as [number, object],
  BatchGetItem: ({ RequestItems }: Record<string, unknown>): [number, object] => {
    if (!JSON.stringify(RequestItems).includes('event#e')) return [200, {}];
    const item = { event_id: 'e', type: 'run_complete', run_id: 'r', svix_id: 'm', body_sha256: 'x' };
    const event = {
      ...Object.fromEntries(Object.entries(item).map(([name, S]) => [name, { S }])),
      pk: { S: 'event#e' },
      sk: { S: 'event' },
      v: { N: '1' },
      tag: { S: 't' },
      state: { S: 'received' },
      received_at: { S: twoHoursAgo },
    };
    return [200, { Responses: { table: [event] } }];
  },
};
const logged = () => lines.flatMap((line) => (line.includes('"message"') ? [JSON.parse(line)] : []));

it('the sweeper reports how many messages it has sent again, and of which events', async () => {
  answers = lost;
  await sweep();
  expect(metrics()).toMatchObject([{ OldestUnfinishedEventAge: expect.any(Number) }, { EventResent: 1 }]);
  expect(logged()).toMatchObject([
    { level: 'INFO', message: 'message sent again', event_id: 'e', run_id: 'r', reason: expect.any(String) },
    { level: 'INFO', message: 'sweep finished', request_id: 'r', resent: 1, refused: 0, isComplete: true },
  ]);
  const [, { oldest_seconds: oldest }] = logged();
  expect(Math.abs(oldest - 7200)).toBeLessThan(600);
});

it('the sweeper says in its log that the queue did not take all messages', async () => {
  answers = { ...lost, SendMessageBatch: [200, { Failed: [{ Id: '0', Code: 'c', SenderFault: false }] }] };
  await sweep();
  expect(logged()).toMatchObject([
    { level: 'WARN', message: 'the queue did not accept all messages', refused: 1 },
    { message: 'sweep finished', resent: 0, refused: 1 },
  ]);
});
