import { describe, expect, it } from 'vitest';
import { ask, OTHER_WORKFLOW, startApi, WORKFLOW } from './setup.ts';

const SESSION = '33333333-3333-4333-8333-333333333333';
const file = (filename: string, text = filename) => ({
  filename,
  content: Buffer.from(text).toString('base64'),
});

it('a new run is scheduled and shows its inputs, except the sensitive ones', async () => {
  const api = await startApi();
  const { status, body } = await ask(api, '/v1/runs', {
    json: {
      workflow_id: WORKFLOW,
      input_values: { patient: 'x' },
      sensitive_input_values: { password: 'canary' },
      file_inputs: [file('in.pdf')],
      start_session: true,
      is_priority: true,
    },
  });
  expect(status).toBe(201);
  expect(body).toMatchObject({
    workflow_id: WORKFLOW,
    status: 'scheduling',
    input_values: { patient: 'x' },
    session_id: body.id,
    is_priority: true,
    ended_at: null,
  });
  expect(Object.keys(body.sensitive_input_aliases)).toEqual(['password']);
  expect(body.input_attachment_ids).toHaveLength(1);
  expect(JSON.stringify([...api.store.runs])).not.toContain('canary');
});

it('a chain creates a run per step, in one session', async () => {
  const api = await startApi();
  const { status, body } = await ask(api, '/v1/runs/chain', {
    json: {
      shared_inputs: { shared: 1, own: 'shared' },
      steps: [
        { workflow_id: WORKFLOW, session_alias: 'first', inputs: { own: 'a' } },
        { workflow_id: OTHER_WORKFLOW, inputs: { from: { $ref: 'first.outputs.x' } } },
      ],
    },
  });
  const runs = body.run_ids.map((id: string) => api.store.runs.get(id));
  expect(status).toBe(201);
  expect(runs).toMatchObject([
    {
      workflow_id: WORKFLOW,
      session_id: body.session_id,
      session_alias: 'first',
      input_values: { shared: 1, own: 'a' },
    },
    { workflow_id: OTHER_WORKFLOW, session_id: body.session_id, release_session_after: true },
  ]);
});

it('a bulk request creates many runs', async () => {
  const api = await startApi();
  const { body } = await ask(api, '/v1/runs/bulk', {
    json: { workflow_id: WORKFLOW, count: 3, session_id: SESSION },
  });
  expect(body).toMatchObject({ failed_count: 0, errors: [] });
  expect(new Set(body.created_runs.map((run: { id: string }) => run.id)).size).toBe(3);
});

describe('a retry', () => {
  it('the fake API refuses a retry while the run is active', async () => {
    const api = await startApi();
    const run = api.seedRun({ workflow_id: WORKFLOW, status: 'running_checks' });
    expect((await ask(api, `/v1/runs/${run.id}/retry`, { json: {} })).status).toBe(400);
  });

  it('a retry on the fake API clears the outputs of the run, keeps its id, and ends at a different time', async () => {
    const api = await startApi({ now: () => 1_000_000 });
    const run = api.seedRun({ workflow_id: WORKFLOW, input_values: { a: 1 }, session_id: SESSION });
    api.complete(run.id, { output_data: { summary: 'x' }, files: [file('out.pdf')] });
    const before = structuredClone(run);

    const { status, body } = await ask(api, `/v1/runs/${run.id}/retry`, {
      json: { file_inputs: [file('new.pdf')] },
    });

    expect(status).toBe(200);
    expect(body).toMatchObject({
      id: run.id,
      status: 'scheduling',
      input_values: { a: 1 },
      output_data: null,
      output_attachment_ids: [],
      session_id: SESSION,
      started_at: null,
      ended_at: null,
    });
    expect([...api.store.attachments.values()].map(({ filename }) => filename)).toEqual(['new.pdf']);
    api.complete(run.id, { status: 'task_failed', error: ['declared'] });
    expect(run).toMatchObject({ status: 'task_failed', output_data: null, error: ['declared'] });
    expect(run.ended_at).not.toBe(before.ended_at);
  });

  it('a retry on the fake API leaves the session or starts a new one on request', async () => {
    const api = await startApi();
    const run = api.seedRun({
      workflow_id: WORKFLOW,
      status: 'error',
      session_id: SESSION,
      session_alias: 'a',
    });
    const left = await ask(api, `/v1/runs/${run.id}/retry`, { json: { reuse_session: false } });
    expect(left.body).toMatchObject({ session_id: null, session_alias: null });
    api.complete(run.id);
    const fresh = await ask(api, `/v1/runs/${run.id}/retry`, { json: { start_session: true } });
    expect(fresh.body.session_id).toMatch(/^[0-9a-f-]{36}$/);
    expect(fresh.body.session_id).not.toBe(SESSION);
  });
});

it('a run that has ended cannot end again', async () => {
  const api = await startApi();
  const run = api.seedRun({ workflow_id: WORKFLOW });
  api.complete(run.id);
  expect(() => api.complete(run.id)).toThrow('has already ended');
});

describe('refusals', () => {
  it.each([undefined, 'Basic x', 'Bearer', 'Bearer wrong'])(
    'the fake API answers 401 to the authorization %s',
    async (authorization) => {
      const api = await startApi({ apiKey: 'right' });
      const response = await fetch(`${api.url}/v1/runs`, { headers: authorization ? { authorization } : {} });
      expect(response.status).toBe(401);
    },
  );

  it('the fake API answers 404 for unknown runs and workflows', async () => {
    const api = await startApi({ strictWorkflows: true, workflows: [{ id: WORKFLOW }] });
    expect((await ask(api, `/v1/runs/${SESSION}`)).status).toBe(404);
    expect((await ask(api, `/v1/runs/${SESSION}/retry`, { json: {} })).status).toBe(404);
    expect((await ask(api, `/v1/workflows/${OTHER_WORKFLOW}`)).status).toBe(404);
    expect((await ask(api, '/v1/runs', { json: { workflow_id: OTHER_WORKFLOW } })).status).toBe(404);
    expect((await ask(api, '/v1/runs', { json: { workflow_id: WORKFLOW } })).status).toBe(201);
    const steps = [{ workflow_id: WORKFLOW }, { workflow_id: OTHER_WORKFLOW }];
    expect((await ask(api, '/v1/runs/chain', { json: { steps } })).status).toBe(404);
    expect(api.store.runs.size).toBe(1);
  });

  it('the fake API answers 404 and 405 to unknown operations', async () => {
    const api = await startApi();
    expect((await ask(api, '/v2/runs')).status).toBe(404);
    expect((await ask(api, '/v1/runs', { method: 'DELETE' })).status).toBe(405);
  });

  it('the fake API answers 422 in FastAPI’s format, with the input quoted', async () => {
    const api = await startApi();
    const json = {
      workflow_id: 'next',
      is_priority: 'yes',
      input_values: [],
      machine_id: null,
      file_inputs: [{ filename: 'a' }, 'b'],
      unknown: 1,
    };
    const { status, body } = await ask(api, '/v1/runs', { json });
    expect(status).toBe(422);
    const issues = body.detail.map(
      ({ loc, type }: { loc: unknown[]; type: string }) => `${loc.join('.')} ${type}`,
    );
    expect(issues.sort()).toEqual([
      'body.file_inputs.0.content missing',
      'body.file_inputs.1 dict_type',
      'body.input_values dict_type',
      'body.is_priority bool_type',
      'body.workflow_id uuid_parsing',
    ]);
    expect(body.detail[0]).toMatchObject({ input: 'next', msg: expect.any(String) });
  });

  it.each([
    ['/v1/runs', '{"workflow_id"', 'body.0 json_invalid'],
    ['/v1/runs', '[]', 'body dict_type'],
    ['/v1/runs', '{}', 'body.workflow_id missing'],
    ['/v1/runs/chain', '{"steps":[]}', 'body.steps too_short'],
    ['/v1/runs/bulk', `{"workflow_id":"${WORKFLOW}","count":1001}`, 'body.count less_than_equal'],
    ['/v1/runs/bulk', `{"workflow_id":"${WORKFLOW}","count":1.5}`, 'body.count int_type'],
  ])('%s answers 422 to %s', async (path, text, expected) => {
    const api = await startApi();
    const { status, body } = await ask(api, path, { method: 'POST', body: text });
    expect(status).toBe(422);
    expect(`${body.detail[0].loc.join('.')} ${body.detail[0].type}`).toBe(expected);
  });
});
