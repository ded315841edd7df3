import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadApi, type Schema } from '../../local/cyberdesk-api/openapi.ts';
import { validate } from '../../local/cyberdesk-api/validate.ts';
import { ask, startApi, WORKFLOW } from './setup.ts';

/** The part of the OpenAPI file that says how each operation answers. */
interface Operation {
  operationId: string;
  responses: Record<string, { content?: Record<string, { schema?: Schema }> }>;
}
type Paths = Record<string, Record<string, Operation>>;

it('the control endpoints do the same as the calls in code', async () => {
  const api = await startApi();
  const seeded = await ask(api, '/_control/runs', { json: { workflow_id: WORKFLOW, status: 'running' } });
  const ended = await ask(api, `/_control/runs/${seeded.body.id}/complete`, {
    json: { status: 'error', error: ['no machine'] },
  });
  expect(ended.body.run).toMatchObject({ id: seeded.body.id, status: 'error', error: ['no machine'] });

  await ask(api, '/_control/faults', {
    json: { call: 'cyberdesk:*', do: 'fail', status: 429, headers: { 'retry-after': '3' }, times: 'always' },
  });
  const limited = await ask(api, '/v1/runs');
  expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '3']);
  expect((await ask(api, '/_control/state')).body).toMatchObject({
    runs: [{ id: seeded.body.id }],
    requests: [{ method: 'GET', path: '/v1/runs', headers: { authorization: expect.any(String) } }],
    faults: [{ status: 429 }],
  });
  await ask(api, '/_control/faults', { method: 'DELETE' });
  await ask(api, '/_control/settings', { json: { apiKey: 'rotated' } });
  expect((await ask(api, '/v1/runs')).status).toBe(401);
});

it('a control request that fails says why', async () => {
  const api = await startApi();
  expect((await ask(api, '/_control/nothing')).status).toBe(404);
  expect((await ask(api, '/_control/runs/none/complete', { json: {} })).body).toEqual({
    detail: 'there is no run none',
  });
  expect((await ask(api, '/_control/faults', { method: 'POST', body: '{' })).status).toBe(400);
});

it('a fault of the fake API hits only the calls that it names, as often as it says', async () => {
  const api = await startApi();
  api.faults.plant({ call: 'cyberdesk:POST /v1/runs*', do: 'fail', nth: 2, status: 500, times: 2 });
  const statuses = [];
  for (let number = 0; number < 4; number += 1) {
    statuses.push((await ask(api, '/v1/runs')).status);
    statuses.push((await ask(api, '/v1/runs', { json: { workflow_id: WORKFLOW } })).status);
  }
  expect(statuses).toEqual([200, 201, 200, 500, 200, 500, 200, 201]);

  const { id } = api.faults.plant({ call: 'cyberdesk:*', do: 'fail', status: 503, times: 'always' });
  expect((await ask(api, '/v1/runs')).status).toBe(503);
  api.faults.clear(id);
  expect((await ask(api, '/v1/runs')).status).toBe(200);
});

it('the fake API closes with requests in flight', async () => {
  const api = await startApi();
  api.faults.plant({ call: 'cyberdesk:*', do: 'delay', ms: 3_600_000 });
  const waiting = ask(api, '/v1/runs').catch(() => 'broken');
  await expect.poll(() => api.state.requests).toHaveLength(1);
  await api.close();
  expect(await waiting).toBe('broken');
});

it('the fake API has every operation of the OpenAPI file, and answers as described there', async () => {
  const description = loadApi();
  const api = await startApi();
  const run = api.seedRun({ workflow_id: WORKFLOW, status: 'success' });
  const withFile = api.seedRun({ workflow_id: WORKFLOW });
  api.complete(withFile.id, { files: [{ filename: 'a', content: 'YQ==' }] });
  const ids: Record<string, string> = {
    run_id: run.id,
    workflow_id: WORKFLOW,
    attachment_id: withFile.output_attachment_ids?.[0] ?? '',
  };
  const bodies: Record<string, unknown> = {
    createRun: { workflow_id: WORKFLOW },
    bulkCreateRuns: { workflow_id: WORKFLOW, count: 2 },
    createRunChain: { steps: [{ workflow_id: WORKFLOW }] },
    retryRun: {},
    updateWorkflow: { is_webhooks_enabled: true },
  };
  const file = new URL('../../lambda/cyberdesk/openapi.yaml', import.meta.url);
  const { paths }: { paths: Paths } = parse(readFileSync(file, 'utf8'));
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
  );
  expect(operations.length).toBeGreaterThan(10);
  for (const { operationId: id, path, method, responses } of operations) {
    if (id === 'downloadRunAttachment') continue;
    const [code, answer] = Object.entries(responses).find(([one]) => one.startsWith('2')) ?? [];
    const schema = answer?.content?.['application/json']?.schema ?? {};
    const url = path.replace(/\{(\w+)\}/g, (_all, name: string) => ids[name] ?? '');
    const { status, body } = await ask(api, url, {
      method: method.toUpperCase(),
      ...(bodies[id] !== undefined && { json: bodies[id] }),
    });
    expect([id, status]).toEqual([id, Number(code)]);
    expect([id, validate(description, schema, body, [])]).toEqual([id, []]);
  }
});

it.each([
  [{ call: 'cyberdesk:*', do: 'kill' }, /"do" must be one of drop, fail, delay, twice/],
  [{ call: 'sqs:SendMessage', do: 'drop' }, /unknown service "sqs"/],
  [{ call: 'cyberdesk:*', do: 'drop', function: 'verifier' }, /"function"/],
  [{ call: 'cyberdesk:*', do: 'drop', when: 'later' }, /"when" must be one of before, during, after/],
])('the fake API refuses the fault %j, which could never hit', async (fault, message) => {
  const api = await startApi();
  const { status, body } = await ask(api, '/_control/faults', { json: fault });
  expect(status).toBe(400);
  expect(body.detail).toMatch(message);
  expect(api.faults.list()).toEqual([]);
});

it('a fault of the fake API may hit during a request, twice, or with an unusable success', async () => {
  const api = await startApi();
  const create = (key: string) =>
    ask(api, '/v1/runs', { json: { workflow_id: WORKFLOW }, headers: { 'idempotency-key': key } });
  const plant = (fault: object) => ask(api, '/_control/faults', { json: { call: 'cyberdesk:*', ...fault } });

  await plant({ do: 'fail', status: 503, when: 'during' });
  expect([(await create('a')).status, api.store.runs.size]).toEqual([503, 0]);
  await plant({ do: 'fail', status: 201, body: {}, when: 'after' });
  expect([(await create('a')).body, api.store.runs.size]).toEqual([{}, 1]);
  const { body } = await plant({ do: 'twice', times: 'always' });
  await ask(api, '/v1/runs', { json: { workflow_id: WORKFLOW } });
  expect(api.store.runs.size).toBe(3);
  await ask(api, `/_control/faults/${body.id}`, { method: 'DELETE' });
  expect((await ask(api, '/_control/state')).body.faults).toHaveLength(2);
});
