import { describe, expect, it } from 'vitest';
import { type Console, startConsole } from '../../ops/console/server.ts';
import type { Stage } from '../../ops/stage/stage.ts';
import { ask } from './kit/http.ts';
import { useConsole } from './kit/local.ts';

const SECRET_WORDS = 'patient Jane Doe, account 12345678';

describe('the data of the console', () => {
  const local = useConsole();

  async function serving(
    work: (call: ReturnType<typeof caller>) => Promise<void>,
    change: Partial<Stage> = {},
  ) {
    const page = await startConsole({ stage: { ...local().stage, ...change }, port: 0 });
    try {
      await work(caller(page));
    } finally {
      await page.close();
    }
  }

  it('the console shows no payload in lists, timelines and dead letters, but does in the payload call', () =>
    serving(async (call) => {
      const run = { output_data: { summary: SECRET_WORDS }, input_values: { note: SECRET_WORDS } };
      local().run.fake?.faults.plant({ call: 'cyberdesk:POST /v1/runs*', do: 'fail', status: 422 });
      const id = await local().finish(run);
      for (const path of ['events', `event?id=${id}`, 'dlq', 'queues', 'stage']) {
        const { status, text } = await call('GET', path);
        expect([path, status]).toEqual([path, 200]);
        expect(text).not.toContain('Jane');
      }
      const stored = await local().whole.body(id);
      expect((await call('GET', `payload?id=${id}`)).text).toBe(stored.toString());
      expect(stored.toString()).toContain('Jane');
    }));

  it('the console answers 304 while nothing has changed', () =>
    serving(async (call) => {
      const id = await local().finish();
      // The name of its workflow is learnt in the background.
      const name = async () => JSON.parse((await call('GET', `event?id=${id}`)).text).workflow_name;
      await expect.poll(name).toBe('Fake workflow');
      const first = await call('GET', `event?id=${id}`);
      const again = await call('GET', `event?id=${id}`, undefined, {
        'if-none-match': String(first.headers.etag),
      });
      expect([again.status, again.text]).toEqual([304, '']);
      await local().finish();
      const list = await call('GET', 'events');
      await local().finish();
      const changed = await call('GET', 'events', undefined, { 'if-none-match': String(list.headers.etag) });
      expect(changed.status).toBe(200);
    }));

  it('the console filters the list by the query', () =>
    serving(async (call) => {
      const id = await local().finish({ status: 'error' });
      const ids = async (query: string) => {
        const { text } = await call('GET', `events?${query}`);
        return (JSON.parse(text) as { events: { event_id: string }[] }).events.map(
          ({ event_id }) => event_id,
        );
      };
      const { run_id = '', workflow_id = '' } = JSON.parse((await call('GET', `event?id=${id}`)).text);
      expect(await ids(`q=${run_id}`)).toEqual([id]);
      expect(await ids(`q=${id.slice(0, 8)}`)).toEqual([id]);
      expect(await ids(`q=${workflow_id}&state=processed&status=error&since=1h`)).toEqual([id]);
      expect(await ids(`q=${run_id}&status=success`)).toEqual([]);
      expect(await ids(`q=${run_id}&state=failed`)).toEqual([]);
      expect(await ids('since=2999-01-01')).toEqual([]);
      expect((await call('GET', 'events?state=odd')).status).toBe(400);
      expect((await call('GET', 'events?since=odd')).status).toBe(400);
    }));

  it('the console reports a wrong call in one line', () =>
    serving(async (call) => {
      const unknown = await call('GET', 'event?id=..%2F..');
      expect(unknown.status).toBe(404);
      expect(JSON.parse(unknown.text)).toEqual({
        error: 'UnknownEvent',
        message: expect.stringContaining('does not exist'),
      });
      expect((await call('GET', 'event')).status).toBe(400);
      expect((await call('POST', 'replay', { ids: [] })).status).toBe(400);
    }));

  it.each([
    ['replay', { ids: ['x'] }],
    ['settle', { id: 'x', action: 1, choice: 'skip' }],
    ['redrive', {}],
    ['send', { body: '{}' }],
  ])('%s changes prod only with a confirmation that names it', (verb, body) =>
    serving(
      async (call) => {
        for (const given of [{}, { confirm: 'dev' }, { confirm: '' }]) {
          const { status, text } = await call('POST', verb, { ...body, ...given });
          expect([status, JSON.parse(text).error]).toEqual([409, 'NotConfirmed']);
        }
        expect((await call('POST', verb, { ...body, confirm: 'prod' })).status).not.toBe(409);
      },
      { name: 'prod', isLocal: false },
    ),
  );

  it('the console leaves all other paths to the other handlers on its port', async () => {
    const { url, whole } = local();
    expect((await ask(url, '/_local/health')).status).toBe(200);
    expect((await ask(url, '/nothing')).status).toBe(404);
    expect((await ask(url, '/', { method: 'POST' })).status).toBe(404);
    expect((await ask(url, '/consoles')).status).toBe(404);
    expect((await whole.deliver({ odd: true })).status).toBe(202);
    expect((await ask(url, '/?state=failed')).text).toMatch(
      /<meta name="console-token" content="[\w-]{43}" \/>/,
    );
  });

  it('an edited copy that is sent is a completion of its own', () =>
    serving(async (call) => {
      const id = await local().finish();
      const copy = JSON.parse((await call('GET', `copy?id=${id}`)).text) as {
        event_id: string;
        run: { id: string };
      };
      const sent = JSON.parse((await call('POST', 'send', { body: JSON.stringify(copy) })).text);
      expect(sent).toMatchObject({ http_status: 200, outcome: 'accepted', event_id: copy.event_id });
      expect(copy.event_id).toMatch(/^test:/);
      await local().whole.finished(copy.event_id);
    }));
});

function caller({ url, link }: Console) {
  const token = new URL(link).hash.replace('#token=', '');
  return (method: string, path: string, body?: object, headers: Record<string, string> = {}) =>
    ask(url, `/console/api/${path}`, {
      method,
      headers: { 'x-console-token': token, ...(body && { 'content-type': 'application/json' }), ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
}
