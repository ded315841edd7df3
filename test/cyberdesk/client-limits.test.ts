import { describe, expect, it } from 'vitest';
import { createCyberdeskClient } from '../../lambda/cyberdesk/client.ts';
import { API_KEY, clientOf, startApi, WORKFLOW } from './setup.ts';

const body = { workflow_id: WORKFLOW };
const KEY = { idempotencyKey: 'k' };
/** Longer than any limit in these tests; the fake API ends the delay when it closes. */
const FOREVER = 3_600_000;

const realTime = { now: Date.now };

it('the client retries an attempt that times out', async () => {
  const api = await startApi();
  const { client } = clientOf(api, { timeoutMs: 300 });
  api.faults.plant({ call: 'cyberdesk:*', do: 'delay', ms: FOREVER });

  const { data } = await client.runs.create(body, KEY);

  expect(data?.id).toBeDefined();
  expect(api.state.requests.length).toBeGreaterThan(1);
});

it('the client treats a truncated response as a lost one', async () => {
  const api = await startApi();
  const begun = Promise.withResolvers<void>();
  // The time is up once the response has begun, however slow this machine is.
  const { client } = clientOf(api, {
    fetch: async (url, init) => {
      const response = await fetch(url, init);
      begun.resolve();
      return response;
    },
    after(_ms, run) {
      void begun.promise.then(run);
      return () => undefined;
    },
  });
  const half = { status: 201, headers: { 'content-length': '500' }, body: Buffer.from('{"id":"1') };
  api.faults.plant({ call: 'cyberdesk:*', do: 'fail', when: 'after', ...half });

  const { error } = await client.runs.create(body);

  expect(error).toMatchObject({ name: 'TimedOutError', status: 201, mayHaveTakenEffect: true });
});

describe('the timeout of a whole call', () => {
  it('the timeout of a whole call ends the call when the next delay would exceed it', async () => {
    const api = await startApi();
    const { client, waits } = clientOf(api, { totalMs: 10_000 });
    api.faults.plant({
      call: 'cyberdesk:*',
      do: 'fail',
      status: 503,
      headers: { 'retry-after': '6' },
      times: 'always',
    });

    const { error } = await client.runs.create(body, KEY);

    expect(error).toMatchObject({ status: 503, retryAfterMs: 6000 });
    expect(waits).toEqual([6000]);
  });

  it('the timeout of a whole call limits the last attempt', async () => {
    const api = await startApi();
    const { client } = clientOf(api, { timeoutMs: FOREVER, totalMs: 300, ...realTime });
    api.faults.plant({ call: 'cyberdesk:*', do: 'delay', ms: FOREVER, times: 'always' });

    const { error } = await client.runs.create(body, KEY);

    expect(error).toMatchObject({ name: 'TimedOutError', mayHaveTakenEffect: true });
  });

  it('the timeout of a whole call is limited by the caller’s deadline', async () => {
    const api = await startApi();
    const { client } = clientOf(api, realTime);
    api.faults.plant({ call: 'cyberdesk:*', do: 'delay', ms: FOREVER, times: 'always' });

    const { error } = await client.runs.create(body, { ...KEY, until: Date.now() + 300 });

    expect(error?.name).toBe('TimedOutError');
  });

  it('the client sends nothing when the caller’s deadline has passed', async () => {
    const api = await startApi();
    const { client, clock } = clientOf(api);

    const { error } = await client.runs.create(body, { ...KEY, until: clock.now });

    expect(error).toMatchObject({ name: 'AbortedError', mayHaveTakenEffect: false });
    expect(api.state.requests).toHaveLength(0);
  });
});

describe('a caller’s signal', () => {
  it('a caller’s signal aborts an attempt in flight, which may have taken effect', async () => {
    const api = await startApi();
    const { client } = clientOf(api);
    api.faults.plant({ call: 'cyberdesk:*', do: 'delay', ms: FOREVER, when: 'after' });
    const stop = new AbortController();
    const call = client.runs.create(body, { ...KEY, signal: stop.signal });
    await expect.poll(() => api.state.effects.get('k')).toBe(1);

    stop.abort();

    const { error } = await call;
    expect(error).toMatchObject({ name: 'AbortedError', mayHaveTakenEffect: true });
    expect(api.state.requests).toHaveLength(1);
  });

  it('a caller’s signal aborts the delay between attempts', async () => {
    const api = await startApi();
    const stop = new AbortController();
    // The client's real sleep of 8 s. It asks for a random number right before.
    const random = () => {
      setImmediate(() => stop.abort());
      return 0;
    };
    const client = createCyberdeskClient(API_KEY, { baseUrl: api.url, random });
    api.faults.plant({ call: 'cyberdesk:*', do: 'fail', status: 503, headers: { 'retry-after': '8' } });

    const { error } = await client.runs.create(body, { ...KEY, signal: stop.signal });

    expect(error).toMatchObject({ name: 'AbortedError', mayHaveTakenEffect: true });
    expect(api.state.requests).toHaveLength(1);
  }, 5_000);

  it('the client sends nothing when the caller’s signal is already aborted', async () => {
    const api = await startApi();
    const { client } = clientOf(api);

    const { error } = await client.runs.create(body, { ...KEY, signal: AbortSignal.abort() });

    expect(error).toMatchObject({ name: 'AbortedError', mayHaveTakenEffect: false });
    expect(api.state.requests).toHaveLength(0);
  });
});

describe('the size limit of an answer', () => {
  it('the size limit of an answer applies to downloads', async () => {
    const api = await startApi();
    const { client } = clientOf(api);
    const run = api.seedRun({ workflow_id: WORKFLOW });
    const content = Buffer.alloc(300_000, 7);
    api.complete(run.id, { files: [{ filename: 'scan.pdf', content: content.toString('base64') }] });
    const id = api.store.runs.get(run.id)?.output_attachment_ids?.[0] ?? '';

    const whole = await client.attachments.download(id, { maxBytes: 300_000 });
    expect(Buffer.from(whole.data ?? []).equals(content)).toBe(true);

    const { error } = await client.attachments.download(id, { maxBytes: 299_999 });
    expect(error).toMatchObject({ name: 'AnswerTooLargeError', status: 200 });
  });

  it('the size limit of an answer does not hide the status of a large error', async () => {
    const api = await startApi();
    const { client } = clientOf(api, { maxAnswerBytes: 10 });
    api.faults.plant({ call: 'cyberdesk:*', do: 'fail', status: 422, body: 'x'.repeat(1_000_000) });

    const { error } = await client.runs.create(body, KEY);

    expect(error).toMatchObject({ status: 422, mayHaveTakenEffect: false });
  });
});
