import { describe, expect, it } from 'vitest';
import { ask, clientOf, startApi, WORKFLOW } from './setup.ts';

const body = { workflow_id: WORKFLOW };
const KEY = { idempotencyKey: 'f4b6a0f6-2d54-5b0e-9a35-000000000001' };

describe('a write with a key', () => {
  it.each([408, 500, 502, 503, 504])(
    'a write with a key is retried after %i with the same key and bytes',
    async (status) => {
      const api = await startApi();
      const { client } = clientOf(api);
      api.faults.plant({ call: 'cyberdesk:*', do: 'fail', status, times: 2 });

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

  it.each([
    { do: 'fail', status: 503 },
    { do: 'drop', when: 'after' },
  ] as const)('a write is sent once where unanswered ones must not be repeated: %j', async (fault) => {
    const api = await startApi();
    const { client } = clientOf(api, { repeatUnanswered: false });
    api.faults.plant({ call: 'cyberdesk:POST *', times: 'always', ...fault });

    const { error } = await client.runs.create(body, KEY);

    expect(error).toMatchObject({ mayHaveTakenEffect: true });
    expect(api.state.requests).toHaveLength(1);
  });

  it('a read is repeated where unanswered writes must not be', async () => {
    const api = await startApi();
    const { client } = clientOf(api, { repeatUnanswered: false });
    api.faults.plant({ call: 'cyberdesk:*', do: 'fail', status: 503 });

    expect((await client.runs.list()).error).toBeUndefined();
    expect(api.state.requests).toHaveLength(2);
  });

  it('a write with a key is attempted four times in total, with growing delays', async () => {
    const api = await startApi();
    const { client, waits } = clientOf(api);
    api.faults.plant({ call: 'cyberdesk:*', do: 'fail', status: 503, times: 'always' });

    const { data, error, response } = await client.runs.create(body, KEY);

    expect(data).toBeUndefined();
    expect(error).toMatchObject({ name: 'AnsweredWithError', status: 503, mayHaveTakenEffect: true });
    expect(response?.status).toBe(503);
    expect(api.state.requests).toHaveLength(4);
    expect(waits).toEqual([125, 250, 500]);
  });

  it('a write with a key is retried after the delay that Retry-After asks for', async () => {
    const api = await startApi();
    const { client, waits, clock } = clientOf(api);
    api.faults.plant({ call: 'cyberdesk:*', do: 'fail', status: 503, headers: { 'retry-after': '2' } });
    api.faults.plant({
      call: 'cyberdesk:*',
      do: 'fail',
      status: 503,
      nth: 2,
      headers: { 'retry-after': new Date(clock.now + 5000).toUTCString() },
    });
    api.faults.plant({
      call: 'cyberdesk:*',
      do: 'fail',
      status: 503,
      nth: 3,
      headers: { 'retry-after': '3600' },
    });

    const { error } = await client.runs.create(body, KEY);

    expect(error).toBeUndefined();
    expect(waits).toEqual([2000, 3000, 8000]);
  });

  it('a write with a key waits for the first request with the same key', async () => {
    const api = await startApi();
    const gate = Promise.withResolvers<void>();
    api.faults.plant({ call: 'cyberdesk:*', do: 'delay', until: gate.promise, when: 'during' });
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

  it('a write with a key returns the run that a lost response had created', async () => {
    const api = await startApi();
    const { client } = clientOf(api);
    api.faults.plant({ call: 'cyberdesk:*', do: 'drop', when: 'after' });

    const { data, error } = await client.runs.create(body, KEY);

    expect(error).toBeUndefined();
    expect([...api.store.runs.keys()]).toEqual([data?.id]);
  });

  it.each([
    ['text', Buffer.from('<html>canary of a proxy</html>')],
    ['half an object', Buffer.from('{"id":')],
    ['JSON of something else', { status: 'ok' }],
    ['nothing', Buffer.alloc(0)],
  ])('a write with a key treats a success with %s as a lost response', async (_what, answer) => {
    const api = await startApi();
    const { client } = clientOf(api);
    api.faults.plant({ call: 'cyberdesk:*', do: 'fail', when: 'after', status: 201, body: answer });

    const once = await client.runs.create(body, KEY);
    expect(once.data?.id).toBe([...api.store.runs.keys()][0]);

    api.faults.plant({
      call: 'cyberdesk:*',
      do: 'fail',
      when: 'after',
      status: 201,
      body: answer,
      times: 'always',
    });
    const { error } = await client.runs.create(body, KEY);
    expect(error).toMatchObject({
      name: 'UnreadableAnswerError',
      mayHaveTakenEffect: true,
      status: 201,
    });
    expect(String(error)).not.toContain('canary');
    expect(error?.cause).toBeUndefined();
  });
});

it('runs.chain treats an answer without run ids as lost', async () => {
  const api = await startApi();
  const { client } = clientOf(api);
  const chain = { steps: [{ workflow_id: WORKFLOW }] };
  const wrong = [{ session_id: WORKFLOW }, { session_id: WORKFLOW, run_ids: [null] }];
  for (const [index, answer] of wrong.entries()) {
    api.faults.plant({
      call: 'cyberdesk:*',
      do: 'fail',
      when: 'after',
      nth: index + 1,
      status: 201,
      body: answer,
    });
  }

  const { data } = await client.runs.chain(chain, KEY);

  expect(data?.run_ids).toEqual([...api.store.runs.keys()]);
  expect(api.state.requests).toHaveLength(3);
});

describe('what the client does not retry', () => {
  it.each([400, 401, 403, 404, 422, 501])('the client does not retry after status %i', async (status) => {
    const api = await startApi();
    const { client, waits } = clientOf(api);
    api.faults.plant({ call: 'cyberdesk:*', do: 'fail', status, times: 'always' });

    const { error } = await client.runs.create(body, KEY);

    expect(error).toMatchObject({ status, mayHaveTakenEffect: status >= 500 });
    expect(api.state.requests).toHaveLength(1);
    expect(waits).toEqual([]);
  });

  it('the client does not retry after a conflict without a request in progress', async () => {
    const api = await startApi();
    const { client } = clientOf(api);
    api.faults.plant({ call: 'cyberdesk:*', do: 'fail', status: 409, times: 'always' });

    const { error } = await client.runs.create(body, KEY);

    expect(error).toMatchObject({ status: 409, inProgress: false, mayHaveTakenEffect: false });
    expect(api.state.requests).toHaveLength(1);
  });

  it('the client does not retry after a rate limit, and passes on its whole delay', async () => {
    const api = await startApi();
    const { client } = clientOf(api);
    api.faults.plant({
      call: 'cyberdesk:*',
      do: 'fail',
      status: 429,
      headers: { 'retry-after': '600' },
      times: 'always',
    });

    const { error } = await client.runs.create(body, KEY);

    expect(error).toMatchObject({ status: 429, retryAfterMs: 600_000, mayHaveTakenEffect: false });
    expect(api.state.requests).toHaveLength(1);
  });

  it('the client does not follow a redirect, which would send the data somewhere else', async () => {
    const api = await startApi();
    const elsewhere = await startApi();
    const { client } = clientOf(api);
    api.faults.plant({
      call: 'cyberdesk:*',
      do: 'fail',
      status: 307,
      headers: { location: `${elsewhere.url}/v1/runs` },
    });

    const { error } = await client.runs.create(body, KEY);

    expect(error).toMatchObject({ status: 307, mayHaveTakenEffect: false });
    expect(elsewhere.state.requests).toHaveLength(0);
  });

  it.each([{ do: 'fail', status: 503 }, { do: 'drop' }] as const)(
    'the client does not retry a write without a key: %o',
    async (fault) => {
      const api = await startApi();
      const { client } = clientOf(api);
      api.faults.plant({ call: 'cyberdesk:*', times: 'always', ...fault });

      const { error } = await client.runs.create(body);

      expect(error?.mayHaveTakenEffect).toBe(true);
      expect(api.state.requests).toHaveLength(1);
      expect(api.state.requests[0]?.headers).not.toHaveProperty('idempotency-key');
    },
  );
});

it('a read is retried without a key and never takes effect', async () => {
  const api = await startApi();
  const { client } = clientOf(api);
  const run = api.seedRun({ workflow_id: WORKFLOW });
  api.faults.plant({ call: 'cyberdesk:*', do: 'drop' });
  api.faults.plant({ call: 'cyberdesk:*', do: 'fail', nth: 2, status: 502 });
  expect((await client.runs.get(run.id)).data?.id).toBe(run.id);

  api.faults.plant({ call: 'cyberdesk:*', do: 'drop', times: 'always' });
  const { error } = await client.runs.get(run.id);
  expect(error).toMatchObject({ name: 'NotReachedError', mayHaveTakenEffect: false });
});

describe('whether a call may have taken effect', () => {
  it.each([
    ['a server error', { do: 'fail', status: 500 }],
    ['a timeout of the server', { do: 'fail', status: 408 }],
    ['a key in progress', { do: 'fail', status: 409, headers: { 'idempotency-status': 'in_progress' } }],
    ['a broken connection', { do: 'drop' }],
  ] as const)('a call may have taken effect when a refusal follows %s', async (_what, fault) => {
    const api = await startApi();
    const { client } = clientOf(api);
    api.faults.plant({ call: 'cyberdesk:*', ...fault });
    api.faults.plant({ call: 'cyberdesk:*', do: 'fail', nth: 2, status: 422 });

    const { error } = await client.runs.create(body, KEY);

    expect(error).toMatchObject({ status: 422, mayHaveTakenEffect: true });
  });

  it('a call without a connection has not taken effect', async () => {
    const api = await startApi();
    await api.close();
    const { client, waits } = clientOf(api);

    const { error } = await client.runs.create(body, KEY);

    expect(error).toMatchObject({ name: 'NotReachedError', status: undefined, mayHaveTakenEffect: false });
    expect(error?.cause).toBeInstanceOf(Error);
    expect(waits).toHaveLength(3);
  });
});
