import { expect, it } from 'vitest';
import { createCyberdeskClient } from '../../lambda/cyberdesk/client.ts';
import { API_KEY, clientOf, OTHER_WORKFLOW, startApi, WORKFLOW } from './setup.ts';

it('the client sends a body given as text byte for byte on each attempt', async () => {
  const api = await startApi();
  const { client } = clientOf(api);
  const text = `{"workflow_id" : "${WORKFLOW}",\n "input_values":{"z":1,"a":"ü😀\\u00fc","z":2, "n":1.0} }`;
  api.faults.plant({ call: 'cyberdesk:*', do: 'fail', status: 502 });

  const { error } = await client.runs.create(text, { idempotencyKey: 'k' });

  expect(error).toBeUndefined();
  expect(api.state.requests.map(({ body }) => body.equals(Buffer.from(text)))).toEqual([true, true]);
  expect(api.state.requests[0]?.headers).toMatchObject({
    authorization: `Bearer ${API_KEY}`,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(text)),
    'idempotency-key': 'k',
  });
});

it('the client sends chains and retries given as text byte for byte', async () => {
  const api = await startApi();
  const { client } = clientOf(api);
  const chain = `{ "steps": [{"workflow_id": "${WORKFLOW}"}, {"workflow_id": "${OTHER_WORKFLOW}"}] }`;
  const started = await client.runs.chain(chain, { idempotencyKey: 'chain' });
  const run = started.data?.run_ids[0] ?? '';
  api.complete(run);

  const retried = await client.runs.retry(run, '{ "is_priority": true }', { idempotencyKey: 'retry' });

  expect(started.data?.run_ids).toHaveLength(2);
  expect(retried.data).toMatchObject({ id: run, status: 'scheduling', is_priority: true });
  expect(api.state.requests.map(({ body, path }) => [path, body.toString()])).toEqual([
    ['/v1/runs/chain', chain],
    [`/v1/runs/${run}/retry`, '{ "is_priority": true }'],
  ]);
});

it('runs.retry sends an empty object when it is called without a body', async () => {
  const api = await startApi();
  const { client } = clientOf(api);
  const run = api.seedRun({ workflow_id: WORKFLOW, status: 'error' });
  const { data } = await client.runs.retry(run.id);
  expect(data?.status).toBe('scheduling');
  expect(api.state.requests[0]?.body.toString()).toBe('{}');
});

it('the client reads the API key once per call, so that a rotation does not need a new client', async () => {
  const api = await startApi({ apiKey: 'new' });
  const keys = ['old', 'new'];
  const client = createCyberdeskClient(async () => keys.shift() ?? '', { baseUrl: api.url });
  expect((await client.runs.list()).error?.status).toBe(401);
  api.faults.plant({ call: 'cyberdesk:*', do: 'drop' });
  expect((await client.runs.list()).data?.items).toEqual([]);
  expect(keys).toEqual([]);
});

it('the client rejects with the error of a key that cannot be read', async () => {
  const api = await startApi();
  const reason = new Error('not set');
  const client = createCyberdeskClient(() => Promise.reject(reason), { baseUrl: api.url });
  await expect(client.runs.list()).rejects.toBe(reason);
});

it('runs.list sends filters and fields', async () => {
  const api = await startApi();
  const { client } = clientOf(api);
  const run = api.seedRun({ workflow_id: WORKFLOW, input_values: { a: 1 }, output_data: { b: 2 } });
  api.seedRun({ workflow_id: OTHER_WORKFLOW });

  const { data } = await client.runs.list({
    workflow_id: WORKFLOW,
    fields: ['input_values', 'ended_at'],
    sort_mode: 'created_at_desc',
    limit: 10,
  });

  expect(data).toMatchObject({ total: 1, skip: 0, limit: 10 });
  expect(data?.items[0]).toEqual({
    id: run.id,
    workflow_id: WORKFLOW,
    machine_id: null,
    status: 'scheduling',
    created_at: run.created_at,
    input_values: { a: 1 },
    ended_at: null,
  });
  expect(api.state.requests[0]?.query.getAll('fields')).toEqual(['input_values', 'ended_at']);
});

it('runs.list sends query values unchanged and omits undefined ones', async () => {
  const api = await startApi();
  const { client } = clientOf(api);
  const search = 'a b+c&d=é#?%';
  await client.runs.list({ search, deep_search: false, skip: 0, fields: undefined as never });
  expect(Object.fromEntries(api.state.requests[0]?.query ?? [])).toEqual({
    search,
    deep_search: 'false',
    skip: '0',
  });
});

it('the client reads attachments, workflows and health', async () => {
  const api = await startApi({ workflows: [{ id: WORKFLOW, is_webhooks_enabled: false }] });
  const { client } = clientOf(api);
  const run = api.seedRun({ workflow_id: WORKFLOW });
  api.complete(run.id, {
    files: [{ filename: 'out.bin', content: Buffer.from([0, 255, 1]).toString('base64') }],
  });

  const listed = await client.attachments.list({ run_id: run.id, attachment_type: 'output' });
  const id = listed.data?.items[0]?.id ?? '';
  expect((await client.attachments.get(id)).data).toMatchObject({ filename: 'out.bin', size_bytes: 3 });
  expect([...((await client.attachments.download(id)).data ?? [])]).toEqual([0, 255, 1]);
  expect((await client.workflows.get(WORKFLOW)).data?.is_webhooks_enabled).toBe(false);
  expect((await client.health()).error).toBeUndefined();
});

it('attachments.download returns an empty file', async () => {
  const api = await startApi();
  const { client } = clientOf(api);
  const run = api.seedRun({ workflow_id: WORKFLOW });
  api.complete(run.id, { files: [{ filename: 'empty', content: '' }] });
  const { data } = await client.attachments.download(run.output_attachment_ids?.[0] ?? '');
  expect(data?.byteLength).toBe(0);
});

it('the client escapes ids in paths', async () => {
  const api = await startApi();
  const { client } = clientOf(api);
  const { error } = await client.runs.get('../workflows/x?y');
  expect(error?.status).toBe(422);
  expect(api.state.requests[0]?.path).toBe('/v1/runs/..%2Fworkflows%2Fx%3Fy');
});
