import { beforeEach, describe, expect, it } from 'vitest';
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
