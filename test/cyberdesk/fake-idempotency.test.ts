import { expect, test } from 'vitest';
import type { CyberdeskApi } from '../../local/cyberdesk-api/server.ts';
import { ask, startApi, WORKFLOW } from './setup.ts';

const body = { workflow_id: WORKFLOW, input_values: { a: 1 } };
const create = (api: CyberdeskApi, key: string, json: unknown = body) =>
  ask(api, '/v1/runs', { json, headers: { 'idempotency-key': key } });

test('the same key gets the first answer and has no second effect', async () => {
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

test('another key, or none, has another effect', async () => {
  const api = await startApi();
  await create(api, 'k');
  await create(api, 'other');
  await ask(api, '/v1/runs', { json: body });
  await ask(api, '/v1/runs', { json: body });
  expect(api.store.runs.size).toBe(4);
});

test('a key whose first request still runs gets a conflict', async () => {
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

test('many at once have one effect', async () => {
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

test('a key with other bytes is refused, even where the JSON means the same', async () => {
  const api = await startApi();
  await create(api, 'k', { a: 1, ...body });
  expect((await create(api, 'k', { ...body, a: 1 })).status).toBe(422);
  expect(api.store.runs.size).toBe(1);
});

test('or gets the first answer, as an option', async () => {
  const api = await startApi({ changedBody: 'replay' });
  const first = await create(api, 'k');
  const second = await create(api, 'k', { ...body, input_values: {} });
  expect(second).toMatchObject({ status: 201, body: first.body });
});

test('a key is forgotten after its lifetime', async () => {
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

test('a failure is not remembered', async () => {
  const api = await startApi({ strictWorkflows: true });
  expect((await create(api, 'k')).status).toBe(404);
  api.settings.strictWorkflows = false;
  expect((await create(api, 'k')).status).toBe(201);
});

test('an effect whose answer was lost is found again', async () => {
  const api = await startApi();
  api.faults.plant({ call: 'cyberdesk:*', do: 'drop', when: 'after' });
  await expect(create(api, 'k')).rejects.toThrow();
  expect(api.store.runs.size).toBe(1);
  expect((await create(api, 'k')).body.id).toBe([...api.store.runs.keys()][0]);
});

test('a request that broke before its work leaves the key free', async () => {
  const api = await startApi();
  api.faults.plant({ call: 'cyberdesk:*', do: 'drop', when: 'during' });
  await expect(create(api, 'k')).rejects.toThrow();
  expect(api.store.runs.size).toBe(0);
  expect((await create(api, 'k')).status).toBe(201);
});
