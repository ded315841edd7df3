import { expect, it } from 'vitest';
import type { CyberdeskApi } from '../../local/cyberdesk-api/server.ts';
import { ask, startApi, WORKFLOW } from './setup.ts';

const body = { workflow_id: WORKFLOW, input_values: { a: 1 } };
const create = (api: CyberdeskApi, key: string, json: unknown = body) =>
  ask(api, '/v1/runs', { json, headers: { 'idempotency-key': key } });

it('a repeated idempotency key gets the first answer and has no second effect', async () => {
  const api = await startApi();
  const first = await create(api, 'k');
  api.complete(first.body.id);

  const second = await create(api, 'k');

  expect(first.status).toBe(201);
  expect(second).toMatchObject({ status: 201, body: first.body });
  expect(second.body.status).toBe('scheduling');
  expect(api.store.runs.size).toBe(1);
  expect(api.state.effects.get('k')).toBe(1);
});

it('a different idempotency key, or none, has an effect of its own', async () => {
  const api = await startApi();
  await create(api, 'k');
  await create(api, 'other');
  await ask(api, '/v1/runs', { json: body });
  await ask(api, '/v1/runs', { json: body });
  expect(api.store.runs.size).toBe(4);
});

it('an idempotency key whose first request is still running gets a conflict', async () => {
  const api = await startApi();
  const gate = Promise.withResolvers<void>();
  api.faults.plant({ call: 'cyberdesk:*', do: 'delay', until: gate.promise, when: 'during' });
  const first = create(api, 'k');
  await expect.poll(() => api.state.requests).toHaveLength(1);

  const second = await create(api, 'k');

  expect(second.status).toBe(409);
  expect(second.headers.get('idempotency-status')).toBe('in_progress');
  expect((await create(api, 'k')).status).toBe(409);
  gate.resolve();
  expect((await first).status).toBe(201);
  expect((await create(api, 'k')).body.id).toBe((await first).body.id);
});

it('concurrent requests with one idempotency key have one effect', async () => {
  const api = await startApi();
  const gate = Promise.withResolvers<void>();
  api.faults.plant({ call: 'cyberdesk:*', do: 'delay', until: gate.promise, when: 'during' });
  const statuses: number[] = [];
  const answers = Array.from({ length: 5 }, () =>
    create(api, 'k').then(({ status }) => statuses.push(status)),
  );
  await expect.poll(() => statuses).toEqual([409, 409, 409, 409]);
  gate.resolve();
  await Promise.all(answers);
  expect(statuses.at(-1)).toBe(201);
  expect(api.store.runs.size).toBe(1);
});

it('an idempotency key with different bytes is refused, even if the JSON is equivalent', async () => {
  const api = await startApi();
  await create(api, 'k', { a: 1, ...body });
  expect((await create(api, 'k', { ...body, a: 1 })).status).toBe(422);
  expect(api.store.runs.size).toBe(1);
});

it('an idempotency key with a different body gets the first answer when changedBody is "replay"', async () => {
  const api = await startApi({ changedBody: 'replay' });
  const first = await create(api, 'k');
  const second = await create(api, 'k', { ...body, input_values: {} });
  expect(second).toMatchObject({ status: 201, body: first.body });
});

it('an idempotency key expires after its lifetime', async () => {
  const clock = { now: Date.parse('2026-11-25T12:00:00Z') };
  const api = await startApi({ now: () => clock.now, keyLifetimeMs: 1000 });
  await create(api, 'k');
  clock.now += 999;
  await create(api, 'k');
  expect(api.state.effects.get('k')).toBe(1);
  clock.now += 1;
  await create(api, 'k');
  expect(api.state.effects.get('k')).toBe(2);
  expect(api.store.runs.size).toBe(2);
});

it('an idempotency key does not remember a failure', async () => {
  const api = await startApi({ strictWorkflows: true });
  expect((await create(api, 'k')).status).toBe(404);
  api.settings.strictWorkflows = false;
  expect((await create(api, 'k')).status).toBe(201);
});

it('an idempotency key finds an effect whose response was lost', async () => {
  const api = await startApi();
  api.faults.plant({ call: 'cyberdesk:*', do: 'drop', when: 'after' });
  await expect(create(api, 'k')).rejects.toThrow();
  expect(api.store.runs.size).toBe(1);
  expect((await create(api, 'k')).body.id).toBe([...api.store.runs.keys()][0]);
});

it('a request that breaks before its work leaves the idempotency key free', async () => {
  const api = await startApi();
  api.faults.plant({ call: 'cyberdesk:*', do: 'drop', when: 'during' });
  await expect(create(api, 'k')).rejects.toThrow();
  expect(api.store.runs.size).toBe(0);
  expect((await create(api, 'k')).status).toBe(201);
});
