import { createServer } from 'node:http';
import { Webhook } from 'svix';
import { expect, it, onTestFinished } from 'vitest';
import { ExactNumber } from '../../lambda/rules/index.ts';
import { ask, clientOf, OTHER_WORKFLOW, startApi, WORKFLOW } from './setup.ts';

const SECRET = `whsec_${Buffer.from('a secret of thirty-two bytes, yes').toString('base64')}`;

/** An endpoint that answers with these statuses in turn, then with 200. */
async function startEndpoint(...statuses: number[]) {
  const received: { headers: Record<string, string>; body: string }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    received.push({
      headers: request.headers as Record<string, string>,
      body: Buffer.concat(chunks).toString(),
    });
    response.writeHead(statuses.shift() ?? 200).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  if (typeof address === 'string' || !address) throw new Error('the endpoint has no port');
  return { url: `http://127.0.0.1:${address.port}/webhooks/cyberdesk`, received };
}

it('the fake API announces machines that are down, signed as Svix does', async () => {
  const endpoint = await startEndpoint(503);
  const api = await startApi({ webhook: { url: endpoint.url, secret: SECRET, retryDelaysMs: [1] } });

  await ask(api, '/_control/machines/down', { json: { machines: [{ name: 'desk 7' }] } });

  await expect.poll(() => api.state.deliveries[0]?.state).toBe('delivered');
  expect(endpoint.received).toHaveLength(2);
  const [, { headers, body } = { headers: {}, body: '' }] = endpoint.received;
  expect(() => new Webhook(SECRET).verify(body, headers)).not.toThrow();
  expect(JSON.parse(body)).toMatchObject({
    event_type: 'downed_machines',
    machines: [{ machine_id: expect.any(String), name: 'desk 7', status: 'disconnected' }],
  });
});

it('the fake API announces an ended run with the digits of its output', async () => {
  const endpoint = await startEndpoint();
  const workflows = [{ id: WORKFLOW, is_webhooks_enabled: true }];
  const api = await startApi({ webhook: { url: endpoint.url, secret: SECRET }, workflows });
  const { id } = api.seedRun({ workflow_id: WORKFLOW });

  const delivery = api.complete(id, { output_data: { account: new ExactNumber('9007199254740993') } });

  await expect.poll(() => delivery?.state).toBe('delivered');
  expect(endpoint.received[0]?.body).toContain('"output_data":{"account":9007199254740993}');
});

it('the fake API announces an ended run, signed and without its message history', async () => {
  const endpoint = await startEndpoint();
  const api = await startApi({ webhook: { url: endpoint.url, secret: SECRET } });
  const { client } = clientOf(api);
  const { data: run } = await client.runs.create({ workflow_id: WORKFLOW });

  const delivery = api.complete(run?.id ?? '', { output_data: { summary: 'done' } });

  await expect.poll(() => delivery?.state).toBe('delivered');
  const [webhook] = endpoint.received;
  expect(() => new Webhook(SECRET).verify(webhook?.body ?? '', webhook?.headers ?? {})).not.toThrow();
  const event = JSON.parse(webhook?.body ?? '');
  expect(event).toMatchObject({
    event_type: 'run_complete',
    run: { id: run?.id, status: 'success', output_data: { summary: 'done' } },
  });
  expect(event.run).not.toHaveProperty('run_message_history');
  expect(Date.parse(event.run.ended_at)).toBeGreaterThan(Date.parse(event.run.created_at));
});

it('the fake API retries a delivery with the same id and body until it is accepted', async () => {
  const endpoint = await startEndpoint(503, 500);
  const api = await startApi({ webhook: { url: endpoint.url, secret: SECRET, retryDelaysMs: [1, 1, 1] } });
  const run = await ask(api, '/v1/runs', { json: { workflow_id: WORKFLOW } });
  const delivery = api.complete(run.body.id);
  await expect.poll(() => delivery?.state).toBe('delivered');
  expect(delivery?.attempts).toEqual([503, 500, 200]);
  expect(new Set(endpoint.received.map(({ headers, body }) => `${headers['svix-id']} ${body}`)).size).toBe(1);
});

it('a delivery that is never accepted fails', async () => {
  const api = await startApi({ webhook: { url: 'http://127.0.0.1:1/', secret: SECRET, retryDelaysMs: [1] } });
  const run = await ask(api, '/v1/runs', { json: { workflow_id: WORKFLOW } });
  const delivery = api.complete(run.body.id);
  await expect.poll(() => delivery?.state).toBe('failed');
  expect(delivery?.attempts).toEqual(['unreachable', 'unreachable']);
});

it('an invalid signing secret fails the delivery, not the fake API', async () => {
  const api = await startApi({ webhook: { url: 'http://127.0.0.1:1/', secret: '' } });
  const run = await ask(api, '/v1/runs', { json: { workflow_id: WORKFLOW } });
  const delivery = api.complete(run.body.id);
  await expect.poll(() => delivery?.state).toBe('failed');
  expect((await ask(api, '/v1/health')).status).toBe(200);
});

it('runs of a workflow without webhooks are not announced', async () => {
  const endpoint = await startEndpoint();
  const workflows = [{ id: WORKFLOW, is_webhooks_enabled: false }];
  const api = await startApi({ workflows, webhook: { url: endpoint.url, secret: SECRET } });
  const run = await ask(api, '/v1/runs', { json: { workflow_id: WORKFLOW } });
  expect(api.complete(run.body.id)).toBeUndefined();
  expect(api.state.deliveries).toEqual([]);
});

it('runs end by themselves with completeAfterMs, including retried ones', async () => {
  const api = await startApi({
    completeAfterMs: 5,
    outcome: ({ workflow_id }) =>
      workflow_id === WORKFLOW ? { output_data: { summary: 'auto' } } : { status: 'error' },
  });
  const { client } = clientOf(api);
  const { data: first } = await client.runs.create({ workflow_id: WORKFLOW });
  const { data: second } = await client.runs.create({ workflow_id: OTHER_WORKFLOW });
  const run = api.store.runs.get(first?.id ?? '');
  await expect.poll(() => run?.output_data).toEqual({ summary: 'auto' });
  await expect.poll(() => api.store.runs.get(second?.id ?? '')?.status).toBe('error');

  const ended = run?.ended_at;
  await client.runs.retry(first?.id ?? '');
  await expect.poll(() => run?.status).toBe('success');
  expect(run?.ended_at).not.toBe(ended);
});
