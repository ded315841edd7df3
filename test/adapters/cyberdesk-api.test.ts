import { createServer } from 'node:http';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { ApiKey } from '../../lambda/adapters/api-key.ts';
import { cyberdeskApi } from '../../lambda/adapters/cyberdesk-api.ts';
import type { CyberdeskApi } from '../../local/cyberdesk-api/server.ts';
import { TestSystem } from '../core/support/system.ts';
import { API_KEY, startApi, WORKFLOW } from '../cyberdesk/setup.ts';

const BODY = JSON.stringify({ workflow_id: WORKFLOW });
/** Longer than any limit in these tests; the fake API ends the delay when it closes. */
const FOREVER = 3_600_000;

/** The adapter over the client and a running fake API. The secret returns one value after the other, then the last. */
function adapterOf(
  { url }: Pick<CyberdeskApi, 'url'>,
  ...values: (string | undefined | Error | (() => string))[]
) {
  let asked = 0;
  const secrets = {
    async get() {
      const given = values.length > 0 ? values[Math.min(asked, values.length - 1)] : API_KEY;
      const value = typeof given === 'function' ? given() : given;
      asked += 1;
      if (value instanceof Error) throw value;
      return value === undefined
        ? ({ kind: 'missing' } as const)
        : ({ kind: 'found', value, versionId: 'v', createdAt: 0 } as const);
    },
  };
  const cyberdesk = cyberdeskApi({ baseUrl: url }, new ApiKey('api-key', new TestSystem()), secrets);
  return { cyberdesk, asked: () => asked };
}

const limit = () => ({ until: Date.now() + 30_000 });
const keysSent = ({ state }: CyberdeskApi) =>
  state.requests.map(({ headers }) => headers.authorization?.replace('Bearer ', ''));

let api: CyberdeskApi;
beforeEach(async () => {
  // No delays between the client's attempts.
  vi.spyOn(Math, 'random').mockReturnValue(0);
  api = await startApi();
});

describe('a refused API key', () => {
  it.each([401, 403])(
    'a refused API key is read again, and the call is repeated with the new key (%i)',
    async (status) => {
      const { cyberdesk, asked } = adapterOf(api, 'old', 'new');
      api.faults.plant({ call: 'cyberdesk:*', do: 'fail', status });

      expect(await cyberdesk.createRun(BODY, 'k', limit())).toMatchObject({ kind: 'answered' });

      expect(keysSent(api)).toEqual(['old', 'new']);
      expect(asked()).toBe(2);
      expect(api.state.requests.map(({ body }) => body.toString())).toEqual([BODY, BODY]);
    },
  );

  it.each([401, 403])('a refused API key is read again only once per call (%i)', async (status) => {
    const { cyberdesk, asked } = adapterOf(api, 'old', 'newer', 'newest');
    api.faults.plant({ call: 'cyberdesk:*', do: 'fail', status, times: 'always' });

    expect(await cyberdesk.createRun(BODY, 'k', limit())).toMatchObject({ kind: 'failed', status });

    expect(keysSent(api)).toEqual(['old', 'newer']);
    expect(asked()).toBe(2);
  });

  it('a refused API key is not tried again if it has not changed', async () => {
    const { cyberdesk, asked } = adapterOf(api, 'old');
    api.faults.plant({ call: 'cyberdesk:*', do: 'fail', status: 401, times: 'always' });

    const outcome = await cyberdesk.createRun(BODY, 'k', limit());

    expect(outcome).toMatchObject({ kind: 'failed', status: 401, mayHaveTakenEffect: false });
    expect(keysSent(api)).toEqual(['old']);
    expect(asked()).toBe(2);
  });

  it('a refused API key is read again by the next call', async () => {
    const { cyberdesk } = adapterOf(api, 'old', 'newer', 'newest');
    api.faults.plant({ call: 'cyberdesk:*', do: 'fail', status: 401, times: 2 });
    await cyberdesk.createRun(BODY, 'k', limit());
    api.faults.plant({ call: 'cyberdesk:*', do: 'fail', status: 401 });

    expect(await cyberdesk.createRun(BODY, 'k', limit())).toMatchObject({ kind: 'answered' });

    expect(keysSent(api)).toEqual(['old', 'newer', 'newer', 'newest']);
  });

  it('a call whose API key was refused is reported as not made if the new key cannot be read', async () => {
    const { cyberdesk } = adapterOf(api, 'old', new Error('down'));
    api.faults.plant({ call: 'cyberdesk:*', do: 'fail', status: 401 });

    const outcome = await cyberdesk.createRun(BODY, 'k', limit());

    expect(outcome).toEqual({ kind: 'failed', mayHaveTakenEffect: false, notAsked: true });
    expect(keysSent(api)).toEqual(['old']);
  });
});

describe('without an API key', () => {
  it('no request is sent while the API key is not set', async () => {
    const { cyberdesk } = adapterOf(api, undefined);

    const outcome = await cyberdesk.createRun(BODY, 'k', limit());

    expect(outcome).toEqual({ kind: 'failed', mayHaveTakenEffect: false, keyNotSet: true });
    expect(api.state.requests).toEqual([]);
  });

  it('no request is sent while the API key cannot be read', async () => {
    const { cyberdesk } = adapterOf(api, new Error('down'));

    const outcome = await cyberdesk.createRun(BODY, 'k', limit());

    expect(outcome).toEqual({ kind: 'failed', mayHaveTakenEffect: false, notAsked: true });
    expect(api.state.requests).toEqual([]);
  });
});

describe('a possible effect of a call', () => {
  it('a possible effect of a call is reported when a later attempt is refused', async () => {
    const { cyberdesk } = adapterOf(api);
    api.faults.plant({ call: 'cyberdesk:*', do: 'drop', when: 'after' });
    api.faults.plant({ call: 'cyberdesk:*', do: 'fail', nth: 2, status: 422 });

    const outcome = await cyberdesk.createRun(BODY, 'k', limit());

    expect(outcome).toMatchObject({ kind: 'failed', status: 422, mayHaveTakenEffect: true });
    expect(api.state.effects.get('k')).toBe(1);
  });

  it.each(['a refusal', 'an absent key', 'an unreadable key'])(
    'a possible effect of a call is reported when the key changes and the call ends with %s',
    async (end) => {
      const next = { 'an absent key': undefined, 'an unreadable key': new Error('down') }[end];
      const { cyberdesk } = adapterOf(api, 'old', end === 'a refusal' ? 'new' : next);
      api.faults.plant({ call: 'cyberdesk:*', do: 'drop', when: 'after' });
      api.faults.plant({ call: 'cyberdesk:*', do: 'fail', nth: 2, status: 401 });
      api.faults.plant({ call: 'cyberdesk:*', do: 'fail', nth: 3, status: 422 });

      const outcome = await cyberdesk.createRun(BODY, 'k', limit());

      expect(outcome).toMatchObject({ kind: 'failed', mayHaveTakenEffect: true });
      expect(keysSent(api)).toEqual(end === 'a refusal' ? ['old', 'old', 'new'] : ['old', 'old']);
    },
  );

  it('a possible effect of a call is ruled out after a refusal alone', async () => {
    const { cyberdesk } = adapterOf(api);
    api.faults.plant({ call: 'cyberdesk:*', do: 'fail', status: 422 });

    expect(await cyberdesk.createRun(BODY, 'k', limit())).toMatchObject({ mayHaveTakenEffect: false });
  });
});

describe('an answer', () => {
  it('an answer passes on the delay of Retry-After', async () => {
    const { cyberdesk } = adapterOf(api);
    api.faults.plant({ call: 'cyberdesk:*', do: 'fail', status: 429, headers: { 'retry-after': '17' } });

    const outcome = await cyberdesk.createRun(BODY, 'k', limit());

    expect(outcome).toMatchObject({ kind: 'failed', status: 429, retryAfterMs: 17_000 });
    expect(api.state.requests).toHaveLength(1);
  });

  it.each([
    [{ 'idempotency-status': 'in_progress' }, true],
    [{}, false],
  ])(
    'the answer to a conflict says whether the first request is still running: %j',
    async (headers, inProgress) => {
      const { cyberdesk } = adapterOf(api);
      api.faults.plant({
        call: 'cyberdesk:*',
        do: 'fail',
        status: 409,
        headers: headers as Record<string, string>,
        times: 'always',
      });

      const outcome = await cyberdesk.createRun(BODY, 'k', limit());

      expect(outcome).toMatchObject({
        kind: 'failed',
        status: 409,
        inProgress,
        mayHaveTakenEffect: inProgress,
      });
    },
  );

  it.each(['createRun', 'findRuns', 'getRun', 'getAttachment'] as const)(
    'an answer is awaited only until the limit (%s)',
    async (name) => {
      const { cyberdesk } = adapterOf(api);
      api.faults.plant({ call: 'cyberdesk:*', do: 'delay', ms: FOREVER, times: 'always' });
      const soon = { until: Date.now() + 300 };
      const calls = {
        createRun: () => cyberdesk.createRun(BODY, 'k', soon),
        findRuns: () => cyberdesk.findRuns({ workflowId: WORKFLOW }, soon),
        getRun: () => cyberdesk.getRun('r', soon),
        getAttachment: () => cyberdesk.getAttachment('a', 1, soon),
      };

      const outcome = await calls[name]();

      expect(outcome).toEqual({
        kind: 'failed',
        inProgress: false,
        mayHaveTakenEffect: name === 'createRun',
      });
      expect(api.state.requests).toHaveLength(1);
    },
    5_000,
  );

  it('an answer is not requested if the limit has passed while the key was read', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const until = Date.now() + 10_000;
    const { cyberdesk, asked } = adapterOf(api, () => {
      vi.setSystemTime(until);
      return API_KEY;
    });

    const outcome = await cyberdesk.createRun(BODY, 'k', { until });

    expect(outcome).toEqual({ kind: 'failed', inProgress: false, mayHaveTakenEffect: false });
    expect(asked()).toBe(1);
    expect(api.state.requests).toEqual([]);
  });
});

describe('the result of starting runs', () => {
  it('the result of starting runs contains the run ids, and the session id of a chain', async () => {
    const { cyberdesk } = adapterOf(api);
    const run = api.seedRun({ workflow_id: WORKFLOW, status: 'error' });
    const steps = [{ workflow_id: WORKFLOW }, { workflow_id: WORKFLOW }];

    const chain = await cyberdesk.createChain(JSON.stringify({ steps }), 'chain', limit());
    const retry = await cyberdesk.retryRun(run.id, '{}', 'retry', limit());

    const made = api.state.runs().filter(({ id }) => id !== run.id);
    expect(chain).toEqual({
      kind: 'answered',
      value: { runIds: made.map(({ id }) => id), sessionId: made[0]?.session_id },
    });
    expect(retry).toEqual({ kind: 'answered', value: { runIds: [run.id] } });
    expect(api.state.requests.map(({ headers }) => headers['idempotency-key'])).toEqual(['chain', 'retry']);
  });
});

/** An API that answers every list with the same page. */
async function listing(
  page: () => object,
  headers: () => Record<string, string> = () => ({}),
): Promise<string> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', ...headers() }).end(JSON.stringify(page()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

const aRun = (id: string) => ({
  id,
  workflow_id: WORKFLOW,
  status: 'running',
  created_at: '2026-11-25T00:00:00Z',
});

describe('the list of runs', () => {
  const seed = (count: number, from: number) => {
    for (let i = 0; i < count; i += 1) {
      const created_at = new Date(Date.UTC(2026, 10, 25) + (from + i) * 1000).toISOString();
      api.seedRun({ workflow_id: WORKFLOW, created_at });
    }
  };
  const query = { workflowId: WORKFLOW };

  it('the list of runs contains every page, each of which begins with the last run of the page before', async () => {
    const { cyberdesk } = adapterOf(api);
    seed(450, 0);

    const outcome = await cyberdesk.findRuns(query, limit());

    const ids = outcome.kind === 'answered' ? outcome.value.runs.map(({ id }) => id) : [];
    expect(new Set(ids)).toEqual(new Set(api.state.runs().map(({ id }) => id)));
    expect(api.state.requests.map(({ query: asked }) => asked.get('skip'))).toEqual(['0', '199', '398']);
  });

  it('the list of runs is read again if a run moved to the next page', async () => {
    const { cyberdesk } = adapterOf(api);
    seed(400, 0);
    let open = () => {};
    api.faults.plant({
      call: 'cyberdesk:*',
      do: 'delay',
      until: new Promise<void>((resolve) => (open = resolve)),
      nth: 2,
    });

    const listing = cyberdesk.findRuns(query, limit());
    await expect.poll(() => api.state.requests.length).toBe(2);
    seed(1, 1000);
    open();

    const outcome = await listing;
    const ids = outcome.kind === 'answered' ? outcome.value.runs.map(({ id }) => id) : [];
    expect(ids).toHaveLength(401);
    expect(new Set(ids).size).toBe(401);
  });

  it('the list of runs is a failure if it never has as many runs as the API counts', async () => {
    const { cyberdesk } = adapterOf({ url: await listing(() => ({ items: [aRun('a')], total: 2 })) });

    expect(await cyberdesk.findRuns(query, limit())).toMatchObject({ kind: 'failed', incomplete: true });
  });

  it('the list of runs comes with the offset of the API’s clock', async () => {
    const offset = 5 * 60_000;
    const date = () => new Date(Date.now() + offset).toUTCString();
    const url = await listing(
      () => ({ items: [], total: 0 }),
      () => ({ date: date() }),
    );
    const { cyberdesk } = adapterOf({ url });

    const outcome = await cyberdesk.findRuns(query, limit());

    const { clockOffset = 0 } = outcome.kind === 'answered' ? outcome.value : {};
    expect(Math.abs(clockOffset - offset)).toBeLessThan(30_000);
  });

  it('the list of runs is a failure if one of its pages fails', async () => {
    const { cyberdesk } = adapterOf(api);
    seed(201, 0);
    api.faults.plant({ call: 'cyberdesk:*', do: 'fail', nth: 2, status: 404 });

    expect(await cyberdesk.findRuns(query, limit())).toMatchObject({ kind: 'failed', status: 404 });
  });

  it('the list of runs is requested with all filters, newest first, and with the fields to compare', async () => {
    const { cyberdesk } = adapterOf(api);
    const at = Date.UTC(2026, 10, 25);
    await cyberdesk.findRuns({ workflowId: WORKFLOW, createdFrom: at, createdTo: at + 1 }, limit());
    await cyberdesk.findRuns({ sessionId: 's' }, limit());

    const [byWorkflow, bySession] = api.state.requests.map(({ query: asked }) => Object.fromEntries(asked));
    expect(byWorkflow).toMatchObject({
      workflow_id: WORKFLOW,
      created_at_from: '2026-11-25T00:00:00.000Z',
      created_at_to: '2026-11-25T00:00:00.001Z',
      sort_mode: 'created_at_desc',
    });
    expect(bySession).toMatchObject({ session_id: 's' });
    expect(bySession).not.toHaveProperty('workflow_id');
    const fields = api.state.requests[0]?.query.getAll('fields');
    expect(fields).toEqual(['input_values', 'session_id', 'ended_at']);
  });
});

describe('an attachment', () => {
  const content = Buffer.alloc(3000, 7);
  let id: string;
  beforeEach(() => {
    const run = api.seedRun({ workflow_id: WORKFLOW });
    api.complete(run.id, { files: [{ filename: 'scan.pdf', content: content.toString('base64') }] });
    id = api.store.runs.get(run.id)?.output_attachment_ids?.[0] ?? '';
  });
  const paths = () => api.state.requests.map(({ path }) => path.replace(id, 'id'));

  it('an attachment has a name and content', async () => {
    const { cyberdesk } = adapterOf(api);

    const outcome = await cyberdesk.getAttachment(id, 3000, limit());

    expect(outcome).toMatchObject({ kind: 'answered', value: { filename: 'scan.pdf', bytes: 3000 } });
    expect(outcome.kind === 'answered' && Buffer.from(outcome.value.content ?? []).equals(content)).toBe(
      true,
    );
  });

  it('an attachment above the size limit is not downloaded', async () => {
    const { cyberdesk } = adapterOf(api);

    const outcome = await cyberdesk.getAttachment(id, 2999, limit());

    expect(outcome).toEqual({ kind: 'answered', value: { filename: 'scan.pdf', bytes: 3000 } });
    expect(paths()).toEqual(['/v1/run-attachments/id']);
  });

  it('an attachment that is larger than its metadata says is not read beyond the size limit', async () => {
    const { cyberdesk } = adapterOf(api);
    const stored = api.store.attachments.get(id);
    if (stored) stored.size_bytes = 10;

    const outcome = await cyberdesk.getAttachment(id, 2999, limit());

    expect(outcome).toEqual({ kind: 'failed', inProgress: false, mayHaveTakenEffect: false });
    expect(paths()).toEqual(['/v1/run-attachments/id', '/v1/run-attachments/id/download']);
  });

  it('a page that a proxy answers in place of a file is not taken for the file', async () => {
    const { cyberdesk } = adapterOf(api);
    const stored = api.store.attachments.get(id);
    if (stored) stored.content = Buffer.from('<html>We will be back soon.</html>');

    const outcome = await cyberdesk.getAttachment(id, 3000, limit());

    expect(outcome).toEqual({ kind: 'failed', mayHaveTakenEffect: false });
  });
});
