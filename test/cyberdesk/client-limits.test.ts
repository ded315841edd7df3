import { describe, expect, test } from 'vitest';
import { createCyberdeskClient } from '../../lambda/cyberdesk/client.ts';
import { API_KEY, clientOf, startApi, WORKFLOW } from './setup.ts';

const body = { workflow_id: WORKFLOW };
const KEY = { idempotencyKey: 'k' };
/** Longer than any limit here; the fake ends it when it closes. */
const FOREVER = 3_600_000;

const realTime = { now: Date.now };

test('an attempt without an answer in time is tried again', async () => {
  const api = await startApi();
  const { client } = clientOf(api, { timeoutMs: 300 });
  api.faults.add({ delayMs: FOREVER });

  const { data } = await client.runs.create(body, KEY);

  expect(data?.id).toBeDefined();
  expect(api.state.requests.length).toBeGreaterThan(1);
});

test('half an answer counts as none', async () => {
  const api = await startApi();
  const { client } = clientOf(api, { timeoutMs: 300 });
  const half = { status: 201, headers: { 'content-length': '500' }, body: Buffer.from('{"id":"1') };
  api.faults.add({ when: 'after', ...half });

  const { error } = await client.runs.create(body);

  expect(error).toMatchObject({ name: 'TimedOutError', mayHaveTakenEffect: true });
});

describe('the time for a whole call', () => {
  test('ends the tries before a wait that it does not hold', async () => {
    const api = await startApi();
    const { client, waits } = clientOf(api, { totalMs: 10_000 });
    api.faults.add({ status: 503, headers: { 'retry-after': '6' }, times: 'always' });

    const { error } = await client.runs.create(body, KEY);

    expect(error).toMatchObject({ status: 503, retryAfterMs: 6000 });
    expect(waits).toEqual([6000]);
  });

  test('cuts the last attempt short', async () => {
    const api = await startApi();
    const { client } = clientOf(api, { timeoutMs: FOREVER, totalMs: 300, ...realTime });
    api.faults.add({ delayMs: FOREVER, times: 'always' });

    const { error } = await client.runs.create(body, KEY);

    expect(error).toMatchObject({ name: 'TimedOutError', mayHaveTakenEffect: true });
  });

  test('is cut short by the caller’s own', async () => {
    const api = await startApi();
    const { client } = clientOf(api, realTime);
    api.faults.add({ delayMs: FOREVER, times: 'always' });

    const { error } = await client.runs.create(body, { ...KEY, until: Date.now() + 300 });

    expect(error?.name).toBe('TimedOutError');
  });

  test('that is over sends nothing', async () => {
    const api = await startApi();
    const { client, clock } = clientOf(api);

    const { error } = await client.runs.create(body, { ...KEY, until: clock.now });

    expect(error).toMatchObject({ name: 'AbortedError', mayHaveTakenEffect: false });
    expect(api.state.requests).toHaveLength(0);
  });
});

describe('a caller’s signal', () => {
  test('ends an attempt in flight, which may have taken effect', async () => {
    const api = await startApi();
    const { client } = clientOf(api);
    api.faults.add({ when: 'after', delayMs: FOREVER });
    const stop = new AbortController();
    const call = client.runs.create(body, { ...KEY, signal: stop.signal });
    await expect.poll(() => api.state.effects.get('k')).toBe(1);

    stop.abort();

    const { error } = await call;
    expect(error).toMatchObject({ name: 'AbortedError', mayHaveTakenEffect: true });
    expect(api.state.requests).toHaveLength(1);
  });

  test('ends a wait between attempts', async () => {
    const api = await startApi();
    const stop = new AbortController();
    // The client's own sleep, of 8 s: chance is asked for right before it.
    const random = () => {
      setImmediate(() => stop.abort());
      return 0;
    };
    const client = createCyberdeskClient(API_KEY, { baseUrl: api.url, random });
    api.faults.add({ status: 503, headers: { 'retry-after': '8' } });

    const { error } = await client.runs.create(body, { ...KEY, signal: stop.signal });

    expect(error).toMatchObject({ name: 'AbortedError', mayHaveTakenEffect: true });
    expect(api.state.requests).toHaveLength(1);
  }, 5_000);

  test('that has ended sends nothing', async () => {
    const api = await startApi();
    const { client } = clientOf(api);

    const { error } = await client.runs.create(body, { ...KEY, signal: AbortSignal.abort() });

    expect(error).toMatchObject({ name: 'AbortedError', mayHaveTakenEffect: false });
    expect(api.state.requests).toHaveLength(0);
  });
});

describe('the size of an answer', () => {
  test('is limited for a download', async () => {
    const api = await startApi();
    const { client } = clientOf(api);
    const run = api.seedRun({ workflow_id: WORKFLOW });
    const content = Buffer.alloc(300_000, 7);
    api.complete(run.id, { files: [{ filename: 'scan.pdf', content: content.toString('base64') }] });
    const id = api.store.runs.get(run.id)?.output_attachment_ids?.[0] ?? '';

    const whole = await client.attachments.download(id, { maxBytes: 300_000 });
    expect(Buffer.from(whole.data ?? []).equals(content)).toBe(true);

    const { error } = await client.attachments.download(id, { maxBytes: 299_999 });
    expect(error?.name).toBe('AnswerTooLargeError');
  });

  test('does not hide the status of an error', async () => {
    const api = await startApi();
    const { client } = clientOf(api, { maxAnswerBytes: 10 });
    api.faults.add({ status: 422, body: 'x'.repeat(1_000_000) });

    const { error } = await client.runs.create(body, KEY);

    expect(error).toMatchObject({ status: 422, mayHaveTakenEffect: false });
  });
});
