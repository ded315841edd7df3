import { expect, it, onTestFinished, vi } from 'vitest';
import { ask, OTHER_WORKFLOW, startApi, WORKFLOW } from './setup.ts';

const at = (minute: number) => new Date(Date.parse('2026-11-25T12:00:00Z') + minute * 60_000).toISOString();

/** Four runs: two active, two ended, made one minute after another. */
async function apiWithRuns() {
  const api = await startApi();
  const seed = (minute: number, more: object) =>
    api.seedRun({ workflow_id: WORKFLOW, created_at: at(minute), input_values: { minute }, ...more });
  seed(0, { status: 'running' });
  seed(1, { status: 'success', ended_at: at(10) });
  seed(2, { status: 'error', ended_at: at(9), workflow_id: OTHER_WORKFLOW });
  seed(3, { status: 'scheduling' });
  const minutes = async (query: string) => {
    const { body } = await ask(api, `/v1/runs?${query}`);
    return body.items.map((run: { input_values: { minute: number } }) => run.input_values.minute);
  };
  return { api, minutes };
}

it('the list of runs has active runs first, then those that ended last', async () => {
  const { minutes } = await apiWithRuns();
  expect(await minutes('')).toEqual([3, 0, 1, 2]);
  expect(await minutes('sort_mode=activity')).toEqual([3, 0, 1, 2]);
  expect(await minutes('sort_mode=created_at_desc')).toEqual([3, 2, 1, 0]);
});

it.each([
  ['status=error', [2]],
  [`workflow_id=${WORKFLOW}&sort_mode=created_at_desc`, [3, 1, 0]],
  [`created_at_from=${at(2)}&sort_mode=created_at_desc`, [3, 2]],
  [`created_at_from=${at(1)}&created_at_to=${at(2)}&sort_mode=created_at_desc`, [2, 1]],
  ['created_at_to=2026-11-25T12:00:30', [0]],
  ['search=MINUTE%22:2', [2]],
  [`session_id=${WORKFLOW}`, []],
])('the list of runs is filtered by %s', async (query, expected) => {
  // A time without a zone must not be read in the machine's own.
  vi.stubEnv('TZ', 'America/New_York');
  onTestFinished(() => void vi.unstubAllEnvs());
  const { minutes } = await apiWithRuns();
  expect(await minutes(query)).toEqual(expected);
});

it('the list of runs has pages', async () => {
  const { api } = await apiWithRuns();
  const { body } = await ask(api, '/v1/runs?sort_mode=created_at_desc&skip=1&limit=2&fields=ended_at');
  expect(body).toMatchObject({ total: 4, skip: 1, limit: 2 });
  expect(body.items).toHaveLength(2);
  expect(Object.keys(body.items[0]).sort()).toEqual([
    'created_at',
    'ended_at',
    'id',
    'machine_id',
    'status',
    'workflow_id',
  ]);
});

it('the list of runs includes workflows on request', async () => {
  const { api } = await apiWithRuns();
  await ask(api, `/v1/workflows/${WORKFLOW}`);
  const { body } = await ask(api, `/v1/runs?include=workflow&workflow_id=${WORKFLOW}`);
  expect(body.included).toMatchObject([{ type: 'workflow', id: WORKFLOW }]);
});

it.each([
  'limit=0',
  'limit=1001',
  'limit=x',
  'skip=-1',
  'status=done',
  'workflow_id=1',
  'created_at_from=soon',
  'fields=secrets',
  'sort_mode=up',
])('the list of runs answers 422 to %s', async (query) => {
  const api = await startApi();
  const { status, body } = await ask(api, `/v1/runs?${query}`);
  expect(status).toBe(422);
  expect(body.detail[0].loc.slice(0, 2)).toEqual(['query', query.split('=')[0]]);
});

it('a new run can be read before it is listed when listDelayMs is set', async () => {
  const clock = { now: Date.parse('2026-11-25T12:00:00Z') };
  const api = await startApi({ now: () => clock.now, listDelayMs: 5000 });
  const { body: run } = await ask(api, '/v1/runs', { json: { workflow_id: WORKFLOW } });

  clock.now += 4999;
  expect((await ask(api, '/v1/runs')).body.total).toBe(0);
  expect((await ask(api, `/v1/runs/${run.id}`)).status).toBe(200);
  clock.now += 1;
  expect((await ask(api, '/v1/runs')).body.total).toBe(1);
});

it('attachments are listed, and a download link works without a key until it expires', async () => {
  const clock = { now: Date.parse('2026-11-25T12:00:00Z') };
  const api = await startApi({ now: () => clock.now });
  const run = api.seedRun({ workflow_id: WORKFLOW });
  api.complete(run.id, {
    files: [{ filename: 'out.txt', content: Buffer.from('hello').toString('base64') }],
  });
  const id = run.output_attachment_ids?.[0];

  const listed = await ask(api, `/v1/run-attachments?run_id=${run.id}`);
  const link = (await ask(api, `/v1/run-attachments/${id}/download-url?expires_in=10`)).body;

  expect(listed.body.items).toMatchObject([
    { id, filename: 'out.txt', size_bytes: 5, attachment_type: 'output' },
  ]);
  expect(listed.body.items[0]).not.toHaveProperty('content');
  expect((await ask(api, '/v1/run-attachments?attachment_type=input')).body.total).toBe(0);
  expect(link.expires_in).toBe(10);
  expect(await (await fetch(link.url)).text()).toBe('hello');
  clock.now += 10_001;
  expect((await fetch(link.url)).status).toBe(400);
  expect((await ask(api, `/v1/run-attachments/${WORKFLOW}/download`)).status).toBe(404);
});
