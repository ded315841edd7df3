import { describe, expect, test } from 'vitest';
import { ask, clientOf, startApi, WORKFLOW } from './setup.ts';

const body = { workflow_id: WORKFLOW };
const KEY = { idempotencyKey: 'f4b6a0f6-2d54-5b0e-9a35-000000000001' };

describe('a write with a key', () => {
  test.each([408, 500, 502, 503, 504])(
    'is tried again after %i, with the same key and bytes',
    async (status) => {
      const api = await startApi();
      const { client } = clientOf(api);
      api.faults.add({ status, times: 2 });

      const { data, error } = await client.runs.create(body, KEY);

      expect(error).toBeUndefined();
      expect(data?.status).toBe('scheduling');
      expect(api.state.requests).toHaveLength(3);
      expect(new Set(api.state.requests.map(({ headers }) => headers['idempotency-key']))).toEqual(
        new Set([KEY.idempotencyKey]),
      );
      expect(new Set(api.state.requests.map((request) => request.body.toString()))).toHaveLength(1);
      expect(api.state.effects.get(KEY.idempotencyKey)).toBe(1);
    },
  );

  test('is tried four times in all, with growing waits', async () => {
    const api = await startApi();
    const { client, waits } = clientOf(api);
    api.faults.add({ status: 503, times: 'always' });

    const { data, error, response } = await client.runs.create(body, KEY);

    expect(data).toBeUndefined();
    expect(error).toMatchObject({ name: 'AnsweredWithError', status: 503, mayHaveTakenEffect: true });
    expect(response?.status).toBe(503);
    expect(api.state.requests).toHaveLength(4);
    expect(waits).toEqual([125, 250, 500]);
  });

  test('waits as long as it is told to', async () => {
    const api = await startApi();
    const { client, waits, clock } = clientOf(api);
    api.faults.add({ status: 503, headers: { 'retry-after': '2' } });
    api.faults.add({ status: 503, headers: { 'retry-after': new Date(clock.now + 5000).toUTCString() } });
    api.faults.add({ status: 503, headers: { 'retry-after': '3600' } });

    const { error } = await client.runs.create(body, KEY);

    expect(error).toBeUndefined();
    expect(waits).toEqual([2000, 3000, 8000]);
  });

  test('that is in progress elsewhere waits for the first answer', async () => {
    const api = await startApi();
    const gate = Promise.withResolvers<void>();
    api.faults.add({ when: 'during', gate: gate.promise });
    const first = ask(api, '/v1/runs', { json: body, headers: { 'idempotency-key': 'shared' } });
    await expect.poll(() => api.state.requests).toHaveLength(1);
    let waits = 0;
    const sleep = async () => {
      waits += 1;
      if (waits < 2) return;
      gate.resolve();
      await first;
    };
    const { client } = clientOf(api, { sleep });

    const { data } = await client.runs.create(body, { idempotencyKey: 'shared' });

    expect(data?.id).toBe((await first).body.id);
    expect(api.state.effects.get('shared')).toBe(1);
    expect(api.state.requests).toHaveLength(4);
  });

  test('finds the run that a lost answer had made', async () => {
    const api = await startApi();
    const { client } = clientOf(api);
    api.faults.add({ when: 'after', reset: true });

    const { data, error } = await client.runs.create(body, KEY);

    expect(error).toBeUndefined();
    expect([...api.store.runs.keys()]).toEqual([data?.id]);
  });

  test.each([
    ['text', Buffer.from('<html>canary of a proxy</html>')],
    ['half an object', Buffer.from('{"id":')],
    ['JSON of something else', { status: 'ok' }],
    ['nothing', Buffer.alloc(0)],
  ])('takes a success with %s for a lost answer', async (_what, answer) => {
    const api = await startApi();
    const { client } = clientOf(api);
    api.faults.add({ when: 'after', status: 201, body: answer });

    const once = await client.runs.create(body, KEY);
    expect(once.data?.id).toBe([...api.store.runs.keys()][0]);

    api.faults.add({ when: 'after', status: 201, body: answer, times: 'always' });
    const { error } = await client.runs.create(body, KEY);
    expect(error).toMatchObject({
      name: 'UnreadableAnswerError',
      mayHaveTakenEffect: true,
      status: undefined,
    });
    expect(String(error)).not.toContain('canary');
    expect(error?.cause).toBeUndefined();
  });
});

test('a chain’s answer without run ids is a lost one', async () => {
  const api = await startApi();
  const { client } = clientOf(api);
  const chain = { steps: [{ workflow_id: WORKFLOW }] };
  const wrong = [{ session_id: WORKFLOW }, { session_id: WORKFLOW, run_ids: [null] }];
  for (const answer of wrong) api.faults.add({ when: 'after', status: 201, body: answer });

  const { data } = await client.runs.chain(chain, KEY);

  expect(data?.run_ids).toEqual([...api.store.runs.keys()]);
  expect(api.state.requests).toHaveLength(3);
});

describe('what is not tried again', () => {
  test.each([400, 401, 403, 404, 422, 501])('%i', async (status) => {
    const api = await startApi();
    const { client, waits } = clientOf(api);
    api.faults.add({ status, times: 'always' });

    const { error } = await client.runs.create(body, KEY);

    expect(error).toMatchObject({ status, mayHaveTakenEffect: status >= 500 });
    expect(api.state.requests).toHaveLength(1);
    expect(waits).toEqual([]);
  });

  test('a conflict that is not in progress', async () => {
    const api = await startApi();
    const { client } = clientOf(api);
    api.faults.add({ status: 409, times: 'always' });

    const { error } = await client.runs.create(body, KEY);

    expect(error).toMatchObject({ status: 409, inProgress: false, mayHaveTakenEffect: false });
    expect(api.state.requests).toHaveLength(1);
  });

  test('a rate limit, whose time is handed on in full', async () => {
    const api = await startApi();
    const { client } = clientOf(api);
    api.faults.add({ status: 429, headers: { 'retry-after': '600' }, times: 'always' });

    const { error } = await client.runs.create(body, KEY);

    expect(error).toMatchObject({ status: 429, retryAfterMs: 600_000, mayHaveTakenEffect: false });
    expect(api.state.requests).toHaveLength(1);
  });

  test('a redirect, which would carry data elsewhere', async () => {
    const api = await startApi();
    const elsewhere = await startApi();
    const { client } = clientOf(api);
    api.faults.add({ status: 307, headers: { location: `${elsewhere.url}/v1/runs` } });

    const { error } = await client.runs.create(body, KEY);

    expect(error).toMatchObject({ status: 307, mayHaveTakenEffect: false });
    expect(elsewhere.state.requests).toHaveLength(0);
  });

  test.each([{ status: 503 }, { reset: true }])('a write without a key: %o', async (fault) => {
    const api = await startApi();
    const { client } = clientOf(api);
    api.faults.add({ ...fault, times: 'always' });

    const { error } = await client.runs.create(body);

    expect(error?.mayHaveTakenEffect).toBe(true);
    expect(api.state.requests).toHaveLength(1);
    expect(api.state.requests[0]?.headers).not.toHaveProperty('idempotency-key');
  });
});

test('a read is tried again without a key, and never takes effect', async () => {
  const api = await startApi();
  const { client } = clientOf(api);
  const run = api.seedRun({ workflow_id: WORKFLOW });
  api.faults.add({ reset: true });
  api.faults.add({ status: 502 });
  expect((await client.runs.get(run.id)).data?.id).toBe(run.id);

  api.faults.add({ reset: true, times: 'always' });
  const { error } = await client.runs.get(run.id);
  expect(error).toMatchObject({ name: 'NotReachedError', mayHaveTakenEffect: false });
});

describe('whether a call may have taken effect', () => {
  test.each([
    ['a server error', { status: 500 }],
    ['a time-out of theirs', { status: 408 }],
    ['a key in progress', { status: 409, headers: { 'idempotency-status': 'in_progress' } }],
    ['a broken connection', { reset: true }],
  ])('is open when a refusal follows %s', async (_what, fault) => {
    const api = await startApi();
    const { client } = clientOf(api);
    api.faults.add(fault);
    api.faults.add({ status: 422 });

    const { error } = await client.runs.create(body, KEY);

    expect(error).toMatchObject({ status: 422, mayHaveTakenEffect: true });
  });

  test('is ruled out where no connection was made', async () => {
    const api = await startApi();
    await api.close();
    const { client, waits } = clientOf(api);

    const { error } = await client.runs.create(body, KEY);

    expect(error).toMatchObject({ name: 'NotReachedError', status: undefined, mayHaveTakenEffect: false });
    expect(error?.cause).toBeInstanceOf(Error);
    expect(waits).toHaveLength(3);
  });
});
