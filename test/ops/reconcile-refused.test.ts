import { expect, it } from 'vitest';
import { HOUR } from '../../lambda/core/model/time.ts';
import { takeEvents } from '../../ops/events/list.ts';
import { reconcile } from '../../ops/reconcile/reconcile.ts';
import { run } from './support/command.ts';
import { api, ended, options, SILENT, useReconcile } from './support/reconcile.ts';

const here = useReconcile();

it('reconcile refuses to go back further than records are kept', async () => {
  await expect(reconcile(here.stage, options({ since: Date.now() - 200 * 24 * HOUR }))).rejects.toThrow(
    /90 days/,
  );
});

it('reconcile does not suggest to repeat a call that would always be rejected', async () => {
  const refused = reconcile(here.stage, options({ workflow: 'no-uuid' }));
  await expect(refused).rejects.toThrow(/check --workflow/);
  await expect(refused).rejects.not.toThrow(/again/);
});

it('reconcile says what to do if the API key is rejected', async () => {
  api.settings.apiKey = 'another';
  await expect(reconcile(here.stage, options())).rejects.toThrow(
    /401.*"npx --no cyberdesk-webhooks api-key set --stage dev".*run the same command again/,
  );
});

it.each([401, 403])('reconcile does not accuse the API key of a page with %i', async (status) => {
  const headers = { 'content-type': 'text/html' };
  api.faults.plant({ call: 'cyberdesk:*', do: 'fail', status, headers, times: 'always' });
  const refused = reconcile(here.stage, options());
  await expect(refused).rejects.toThrow(/a proxy or a firewall.*run the same command again/);
  await expect(refused).rejects.not.toThrow(/api-key set/);
});

it.each([
  ['answers 404 to everything', { status: 404 }],
  ['redirects', { status: 301, headers: { location: 'https://example.com/' } }],
  ['lists something else', { status: 200, body: { items: [] } }],
  ['lists no runs', { status: 200, body: { items: [{ name: 'x' }], total: 1 } }],
])('reconcile fails if the address of the API is wrong and the server there %s', async (_, answer) => {
  ended();
  api.faults.plant({ call: 'cyberdesk:*', do: 'fail', times: 'always', ...answer });
  const { code, out, err } = await run(['reconcile', '--since', '3d', '--restart'], {
    connect: async () => here.stage,
  });
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(`is ${api.url} Cyberdesk's API? Check that address (output CyberdeskApiUrl of `);
  expect(err).toContain('"npx --no cyberdesk-webhooks doctor --stage dev"');
});

it('reconcile fails if the API counts more runs than it lists', async () => {
  const one = ended(SILENT);
  api.faults.plant({
    call: 'cyberdesk:* /v1/runs*',
    do: 'fail',
    status: 200,
    body: { items: [one], total: 2 },
    times: 'always',
  });
  const { code, out, err } = await run(['reconcile', '--since', '1h', '--restart'], {
    connect: async () => here.stage,
  });
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(/API counts 2 runs created from .*, and lists 1 of them/);
});

it('reconcile reports a run that no longer exists when its event would be stored', async () => {
  const run = ended();
  api.faults.plant({ call: `cyberdesk:* /v1/runs/${run.id}*`, do: 'fail', status: 404 });
  const { counts, runs } = await reconcile(here.stage, options({ apply: here.stage }));
  expect([counts, runs]).toMatchObject([{ missing: 1 }, [{ run_id: run.id, applied: 'gone' }]]);
  expect((await takeEvents(here.stage, {}, 10)).events).toEqual([]);
});

it.each([
  ['a run that ended without an event', (id: string) => `cyberdesk:* /v1/runs/${id}*`],
  ['the workflow of such a run', () => 'cyberdesk:* /v1/workflows/*'],
])('reconcile takes nothing for gone because a proxy answers 404 for %s', async (_, callFor) => {
  const run = ended();
  const headers = { 'content-type': 'text/html' };
  api.faults.plant({ call: callFor(run.id), do: 'fail', status: 404, headers, times: 'always' });

  await expect(reconcile(here.stage, options({ apply: here.stage }))).rejects.toThrow(/404/);
});

it('reconcile expects no webhook from a deleted workflow', async () => {
  api.settings.strictWorkflows = true;
  ended('33333333-3333-4333-8333-333333333333');
  expect((await reconcile(here.stage, options({ apply: here.stage }))).counts).toEqual({ webhooks_off: 1 });
});
