import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WORKFLOW } from '../cyberdesk/setup.ts';
import { adapterOf, api, limit, useApi } from './use-api.ts';

useApi();

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

  it.each([null, 7, 'run', {}, { ...aRun(''), id: '' }, aRun('x'.repeat(3000)), { ...aRun('a'), id: null }])(
    'a list with the entry %j is not complete, and throws no error',
    async (entry) => {
      const page = { items: [aRun('a'), entry], total: 2 };
      const { cyberdesk } = adapterOf({ url: await listing(() => page) });

      expect(await cyberdesk.findRuns(query, limit())).toMatchObject({ kind: 'failed', incomplete: true });
    },
  );

  it.each([undefined, null, ''])(
    'a run that shows %j as its workflow is of the one that was asked for',
    async (workflow_id) => {
      const page = { items: [{ ...aRun('a'), workflow_id }], total: 1 };
      const { cyberdesk } = adapterOf({ url: await listing(() => page) });
      const found = async (asked: object) => {
        const outcome = await cyberdesk.findRuns(asked, limit());
        return outcome.kind === 'answered' && outcome.value.runs.map((run) => run.workflow_id);
      };

      expect(await found(query)).toEqual([WORKFLOW]);
      expect(await found({ sessionId: 's' })).toEqual([undefined]);
    },
  );

  it.each([null, '1', -1, 1.5, true, undefined])(
    'the list of runs is no answer if the API counts %j runs',
    async (total) => {
      const { cyberdesk } = adapterOf({ url: await listing(() => ({ items: [aRun('a')], total })) });

      expect(await cyberdesk.findRuns(query, limit())).toMatchObject({ kind: 'failed' });
    },
  );

  it('the list of runs continues after a full page, even if the API counts no more than that', async () => {
    const all = Array.from({ length: 201 }, (_, index) => `run-${index}`);
    const paged = createServer(({ url = '' }, response) => {
      const skip = Number(new URL(url, 'http://localhost').searchParams.get('skip'));
      const items = all.slice(skip, skip + 200).map(aRun);
      response
        .setHeader('content-type', 'application/json')
        .end(JSON.stringify({ items, total: items.length }));
    });
    await new Promise<void>((resolve) => paged.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void paged.close());
    const { port } = paged.address() as AddressInfo;

    const outcome = await adapterOf({ url: `http://127.0.0.1:${port}` }).cyberdesk.findRuns(query, limit());

    expect(outcome.kind === 'answered' && outcome.value.runs).toHaveLength(201);
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

  it('the list of runs is read three times before it is given up', async () => {
    let asked = 0;
    const url = await listing(() => {
      asked += 1;
      return { items: [aRun('a')], total: 2 };
    });

    const outcome = await adapterOf({ url }).cyberdesk.findRuns(query, limit());

    expect(outcome).toEqual({ kind: 'failed', mayHaveTakenEffect: false, incomplete: true });
    // Each time two pages, the second of which has nothing new.
    expect(asked).toBe(6);
  });

  it('the list of runs is a failure if the API counts a run and shows none', async () => {
    const { cyberdesk } = adapterOf({ url: await listing(() => ({ items: [], total: 1 })) });

    expect(await cyberdesk.findRuns(query, limit())).toMatchObject({ kind: 'failed', incomplete: true });
  });

  it('the list of runs has no offset of the clock if the API shows no readable date', async () => {
    const url = await listing(
      () => ({ items: [], total: 0 }),
      () => ({ date: 'yesterday' }),
    );

    const outcome = await adapterOf({ url }).cyberdesk.findRuns(query, limit());

    expect(outcome).toEqual({ kind: 'answered', value: { runs: [] } });
  });

  it('the list of runs is requested with the filters that are given, and with no other', async () => {
    const { cyberdesk } = adapterOf(api);
    await cyberdesk.findRuns({ workflowId: WORKFLOW }, limit());
    await cyberdesk.findRuns({ sessionId: 's' }, limit());

    const names = api.state.requests.map(({ query: asked }) => [...new Set(asked.keys())].sort());
    const always = ['fields', 'limit', 'skip', 'sort_mode'];
    expect(names).toEqual([[...always, 'workflow_id'].sort(), [...always, 'session_id'].sort()]);
    expect(api.state.requests[0]?.query.get('limit')).toBe('200');
  });

  it('a ping asks for a single run, and not after its limit', async () => {
    const { cyberdesk } = adapterOf(api);

    expect(await cyberdesk.ping(limit())).toEqual({ kind: 'answered', value: undefined });
    expect(api.state.requests.map(({ query: asked }) => asked.get('limit'))).toEqual(['1']);

    expect(await cyberdesk.ping({ until: Date.now() - 1 })).toMatchObject({ kind: 'failed' });
    expect(api.state.requests).toHaveLength(1);
  });
});
