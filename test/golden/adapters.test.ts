import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { awsAdapters, cyberdeskAt, hideMessage, METRICS } from './support/adapters.ts';
import { expectGolden } from './support/expect-golden.ts';

/** A client of AWS that notes what it is asked, and answers each with nothing. */
function notingClient() {
  const asked: [string, unknown][] = [];
  const send = async (command: { input: unknown }) => {
    asked.push([command.constructor.name, command.input]);
    return {};
  };
  return { asked, client: { send } as unknown as Parameters<typeof awsAdapters>[0] };
}

const announcement = {
  dedupeId: 'key-1',
  subject: `Rechnung – geprüft\n${'x'.repeat(100)}`,
  fields: { event_id: 'event-1', run_id: 'run-1', depth: 0 },
  attributes: { team: 'billing', status: 'success' },
};

it('the requests to AWS match the recorded ones', async () => {
  const { asked, client } = notingClient();
  const { table, open, reader, queue, resend, deadLetters, topics, secrets } = awsAdapters(client);
  const item = {
    pk: 'event#1',
    sk: 'event',
    v: 1,
    tag: 'new',
    body: new Uint8Array([1, 2]),
    none: undefined,
  };

  await table.get({ pk: 'event#1', sk: 'event' });
  await table.put(item, 'absent');
  await table.put({ ...item, ttl: 1_800_000_000 } as never, { tag: 'old' });
  const after = { event_id: 'event-1', received_at: '2026-11-25T10:00:00.000Z' };
  await open.list(0, { limit: 1 });
  await open.list(7, { after, until: '2026-11-25T11:00:00.000Z', limit: 100 });
  await reader.getAll([
    { pk: 'event#1', sk: 'event' },
    { pk: 'run#1', sk: 'completion#7' },
  ]);
  await queue.send({ v: 1, event: 'event-1' });
  await queue.send({ v: 1, event: 'event-1', reopen: 2 });
  await resend.backlog();
  await resend.sendAll([
    { v: 1, event: 'event-1' },
    { v: 1, event: 'event-2' },
  ]);
  await deadLetters.send('{"v":1,"event":"event-1","reopen":1}', 'refused');
  const hide = hideMessage(client as never, 'https://sqs/queue');
  await hide('handle', 5000, AbortSignal.timeout(100_000));
  const limit = { until: Date.now() + 100_000 };
  await topics.notify(announcement, limit);
  await topics.publish(announcement, limit);
  await secrets.get('arn:secret');
  await secrets.get('arn:secret', { kind: 'label', label: 'AWSPREVIOUS' });
  await secrets.get('arn:secret', { kind: 'id', id: 'version-1' });

  expectGolden('aws-calls', readableBytes(asked));
});

const readableBytes = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (_, entry) =>
      entry instanceof Uint8Array ? { $base64: Buffer.from(entry).toString('base64') } : entry,
    ),
  );

/** An API that answers everything with a run that suits all, and notes every request. */
async function notingApi() {
  const asked: object[] = [];
  const run = { id: 'run/1', workflow_id: 'w', status: 'scheduling', created_at: '2026-11-25T10:00:00Z' };
  const file = 'report';
  const about = { filename: 'report.txt', size_bytes: file.length };
  const answer = { ...run, ...about, run_ids: ['run-9'], session_id: 's', items: [], total: 0 };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const {
      authorization,
      'idempotency-key': key,
      'content-type': type,
      'user-agent': agent,
    } = request.headers;
    const headers = { authorization, 'idempotency-key': key, 'content-type': type, 'user-agent': agent };
    asked.push({
      request: `${request.method} ${request.url}`,
      headers,
      body: Buffer.concat(chunks).toString(),
    });
    response.setHeader('content-type', 'application/json');
    const id = request.url?.includes('attachments') ? 'file-1' : run.id;
    response.end(request.url?.endsWith('/download') ? file : JSON.stringify({ ...answer, id }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

it('the requests to Cyberdesk match the recorded ones', async () => {
  const { asked, url } = await notingApi();
  const cyberdesk = cyberdeskAt(url);
  const limit = { until: Date.now() + 30_000 };
  const body = '{"workflow_id" : "w", "input_values":{"z":1,"a":"ü"}}';
  const at = Date.parse('2026-11-25T10:00:00Z');

  const outcomes = [
    await cyberdesk.createRun(body, 'key-1', limit),
    await cyberdesk.createChain(body, 'key-2', limit),
    await cyberdesk.retryRun('run/1', body, 'key-3', limit),
    await cyberdesk.getRun('run/1', limit),
    await cyberdesk.findRuns({ workflowId: 'w', createdFrom: at, createdTo: at + 1 }, limit),
    await cyberdesk.findRuns({ sessionId: 's' }, limit),
    await cyberdesk.getAttachment('file-1', 1000, limit),
  ];

  expect(outcomes.map(({ kind }) => kind)).not.toContain('failed');
  expectGolden('cyberdesk-calls', asked);
});

it('the names of the metrics match the recorded ones', () => {
  expectGolden('metric-names', METRICS);
});
