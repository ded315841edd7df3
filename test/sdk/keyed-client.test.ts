import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MINUTE } from '../../lambda/core/model/index.ts';
import { type Cause, KeyedTwiceError, KeysNotSentError, keyedClient } from '../../lambda/sdk/index.ts';
import type { CyberdeskApi } from '../../local/cyberdesk-api/server.ts';
import { API_KEY, startApi, WORKFLOW } from '../cyberdesk/setup.ts';
import { createStubClient } from './stub.ts';

/** As an SDK has it that keeps the `fetch` of the time at which it is loaded. */
const kept = globalThis.fetch;

const EVENT = 'f6a7ab0a-0000-5000-8000-000000000001';

let api: CyberdeskApi;
let runs: () => number;
beforeEach(async () => {
  api = await startApi();
  runs = () => api.state.runs().length;
});

/** A handler as it runs in a new process: with a client of its own. */
const handler = () =>
  keyedClient(() => createStubClient(API_KEY, { baseUrl: api.url }), { baseUrl: api.url });

const start = (cause: Cause, input: string, work = handler()) =>
  work(cause, (client) => client.runs.create({ workflow_id: WORKFLOW, input_values: { input } }));

describe('the official client with a key per call', () => {
  it('a handler that runs again for the same event starts no second run', async () => {
    const first = await start(EVENT, 'a');
    const second = await start(EVENT, 'a');

    expect(second.data?.id).toBe(first.data?.id);
    expect(runs()).toBe(1);
  });

  it('the official client alone starts a second run', async () => {
    const client = createStubClient(API_KEY, { baseUrl: api.url });
    await client.runs.create({ workflow_id: WORKFLOW });
    await client.runs.create({ workflow_id: WORKFLOW });

    expect(runs()).toBe(2);
  });

  it('a run whose response was lost is found by the repeat within the call', async () => {
    api.faults.plant({ call: 'cyberdesk:POST *', do: 'drop', when: 'after' });

    const { data } = await start(EVENT, 'a');

    expect(data?.id).toBe(api.state.runs()[0]?.id);
    expect(runs()).toBe(1);
  });

  it.each<[string, Cause, string]>([
    ['another event', 'another', 'a'],
    ['another body', EVENT, 'b'],
    ['another name', { event: EVENT, call: 'second' }, 'a'],
  ])('a call with %s is another call', async (_, cause, input) => {
    await start(EVENT, 'a');
    await start(cause, input);

    expect(runs()).toBe(2);
  });

  it('a call with a name is the same call even if its body differs', async () => {
    api.settings.changedBody = 'replay';
    const cause = { event: EVENT, call: 'invoice' };

    const first = await start(cause, 'at 12:00:00');
    const second = await start(cause, 'at 12:00:07');

    expect(second.data?.id).toBe(first.data?.id);
    expect(runs()).toBe(1);
  });

  it('two different calls with the same name are refused before the second one', async () => {
    const work = handler()({ event: EVENT, call: 'invoice' }, async (client) => {
      await client.runs.create({ workflow_id: WORKFLOW, input_values: { input: 'a' } });
      await client.runs.create({ workflow_id: WORKFLOW, input_values: { input: 'b' } });
    });

    await expect(work).rejects.toThrow(KeyedTwiceError);
    expect(runs()).toBe(1);
  });

  it('calls for different events at the same time do not share keys', async () => {
    const work = handler();

    await Promise.all(['a', 'b', 'c'].map((event) => start(event, 'same', work)));

    expect(runs()).toBe(3);
  });

  it('requests to other places, and outside of such work, get no key', async () => {
    const other = await startApi();
    await handler()(EVENT, () =>
      fetch(`${other.url}/v1/runs`, { method: 'POST', body: '{}', headers: { authorization: 'Bearer k' } }),
    );
    await fetch(`${api.url}/v1/runs`, { method: 'POST', body: '{}', headers: { authorization: 'Bearer k' } });

    const keys = [...other.state.requests, ...api.state.requests].map(
      ({ headers }) => headers['idempotency-key'],
    );
    expect(keys).toEqual([undefined, undefined]);
  });
});

describe('the API key of a client in a warm handler', () => {
  /** A handler that reads the key of the moment, and how often it has read it. */
  function rotatable() {
    const key = { value: API_KEY, reads: 0 };
    const work = keyedClient(
      async () => {
        key.reads += 1;
        return createStubClient(key.value, { baseUrl: api.url });
      },
      { baseUrl: api.url },
    );
    return { key, work };
  }
  const startAt = (time: number) => vi.useFakeTimers({ now: time, toFake: ['Date'] });
  afterEach(() => vi.useRealTimers());

  it('an API key is read once in five minutes, and again after them', async () => {
    const { key, work } = rotatable();
    startAt(0);
    await start('a', 'a', work);
    vi.setSystemTime(5 * MINUTE - 1);
    await start('b', 'b', work);
    expect(key.reads).toBe(1);

    vi.setSystemTime(5 * MINUTE);
    await Promise.all([start('c', 'c', work), start('d', 'd', work)]);
    expect(key.reads).toBe(2);
  });

  it.each([401, 403])('an API key is read again for the work after a response %i', async (status) => {
    const { key, work } = rotatable();
    api.faults.plant({ call: 'cyberdesk:POST *', do: 'fail', status });

    expect((await start(EVENT, 'a', work)).data).toBeUndefined();
    expect((await start(EVENT, 'a', work)).data?.id).toBeDefined();
    expect(key.reads).toBe(2);
  });

  it('an API key that is known stays in use while it cannot be read again, until it is refused', async () => {
    let isDown = false;
    const read = async () => {
      if (isDown) throw new Error('no answer from Secrets Manager');
      return createStubClient(API_KEY, { baseUrl: api.url });
    };
    const work = keyedClient(read, { baseUrl: api.url });
    startAt(0);
    await start('a', 'a', work);
    isDown = true;
    vi.setSystemTime(5 * MINUTE);

    expect((await start('b', 'b', work)).data?.id).toBeDefined();
    api.faults.plant({ call: 'cyberdesk:POST *', do: 'fail', status: 401 });
    await start('c', 'c', work);
    await expect(start('c', 'c', work)).rejects.toThrow('no answer');
  });

  it.each([404, 422])('an API key is kept after a response %i', async (status) => {
    const { key, work } = rotatable();
    api.faults.plant({ call: 'cyberdesk:POST *', do: 'fail', status });
    await start(EVENT, 'a', work);
    await start(EVENT, 'a', work);

    expect(key.reads).toBe(1);
  });

  it('an API key is kept if another server than the API answers 401', async () => {
    const { key, work } = rotatable();
    const other = await startApi();
    await work(EVENT, () => fetch(`${other.url}/v1/runs`, { headers: { authorization: 'Bearer wrong' } }));
    await start(EVENT, 'a', work);

    expect(key.reads).toBe(1);
  });

  it('a late 401 of an earlier client does not make the API key be read once more', async () => {
    const { key, work } = rotatable();
    startAt(0);
    await work('a', async (client) => {
      vi.setSystemTime(5 * MINUTE);
      await start('b', 'b', work);
      api.faults.plant({ call: 'cyberdesk:POST *', do: 'fail', status: 401 });
      await client.runs.create({ workflow_id: WORKFLOW });
    });
    await start('c', 'c', work);

    expect(key.reads).toBe(2);
  });
});

describe('a client that cannot be given keys', () => {
  it('a client that does not use the global fetch is refused before it writes anything', async () => {
    const create = () => createStubClient(API_KEY, { baseUrl: api.url, fetch: kept });

    await expect(start(EVENT, 'a', keyedClient(create, { baseUrl: api.url }))).rejects.toThrow(
      KeysNotSentError,
    );
    expect(runs()).toBe(0);
  });

  it('a client that takes a fetch gets the one that adds keys', async () => {
    const work = () =>
      keyedClient((fetch) => createStubClient(API_KEY, { baseUrl: api.url, fetch }), { baseUrl: api.url });

    await start(EVENT, 'a', work());
    await start(EVENT, 'a', work());

    expect(runs()).toBe(1);
  });

  it('a client of another server is refused before it writes anything', async () => {
    const work = keyedClient(() => createStubClient(API_KEY, { baseUrl: api.url }));

    await expect(start(EVENT, 'a', work)).rejects.toThrow(`the client calls ${api.url}`);
    expect(runs()).toBe(0);
  });

  it('an API key that could not be fetched is fetched again for the next work', async () => {
    let tries = 0;
    const work = keyedClient(
      async () => {
        tries += 1;
        if (tries === 1) throw new Error('no answer from Secrets Manager');
        return createStubClient(API_KEY, { baseUrl: api.url });
      },
      { baseUrl: api.url },
    );

    await expect(start(EVENT, 'a', work)).rejects.toThrow('no answer');
    await start(EVENT, 'a', work);

    expect(runs()).toBe(1);
  });
});
