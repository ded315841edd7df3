import { describe, expect, it } from 'vitest';
import { clientOf, OTHER_WORKFLOW, startApi, WORKFLOW } from './setup.ts';

describe('workflows of the fake API', () => {
  const named = async () => {
    const api = await startApi({ strictWorkflows: true });
    api.seedWorkflow({ id: WORKFLOW, name: 'Invoices', updated_at: '2026-11-25T12:00:00Z' });
    api.seedWorkflow({ id: OTHER_WORKFLOW, name: 'Claims', updated_at: '2026-11-25T13:00:00Z' });
    return { api, client: clientOf(api).client };
  };

  it('the fake API lists workflows in pages, and finds them by name and id', async () => {
    const { client } = await named();
    const names = async (query: { search?: string; skip?: number; limit?: number }) =>
      (await client.workflows.list(query)).data?.items.map(({ name }) => name);

    expect(await names({})).toEqual(['Claims', 'Invoices']);
    expect(await names({ skip: 1, limit: 1 })).toEqual(['Invoices']);
    expect(await names({ search: 'claim' })).toEqual(['Claims']);
    expect(await names({ search: WORKFLOW.slice(0, 8) })).toEqual(['Invoices']);
  });

  it('the fake API lists the workflows of runs, unless it is strict', async () => {
    const api = await startApi();
    api.seedRun({ workflow_id: OTHER_WORKFLOW });

    expect((await clientOf(api).client.workflows.list()).data?.items).toMatchObject([{ id: OTHER_WORKFLOW }]);
    api.settings.strictWorkflows = true;
    api.store.workflows.clear();
    expect((await clientOf(api).client.workflows.list()).data?.items).toEqual([]);
  });

  it('the fake API changes only what an update names', async () => {
    const { api, client } = await named();
    api.seedWorkflow({ id: WORKFLOW, is_webhooks_enabled: false });

    const { data } = await client.workflows.update(WORKFLOW, { is_webhooks_enabled: true });

    expect(data).toMatchObject({ id: WORKFLOW, name: 'Invoices', is_webhooks_enabled: true });
    expect(await client.workflows.update(WORKFLOW, {})).toMatchObject({
      data: { is_webhooks_enabled: true },
    });
    const unknown = await client.workflows.update('33333333-3333-4333-8333-333333333333', {});
    expect(unknown.error?.status).toBe(404);
  });
});

describe('the health of machines', () => {
  it('the client reads which machines are down, although the API answers 503', async () => {
    const api = await startApi();
    const { client, waits } = clientOf(api);
    expect((await client.machines.health()).data).toMatchObject({
      checked_machines: 1,
      errored_machines: [],
    });

    api.reportDowned({ name: 'desk 7' });

    const { data, response } = await client.machines.health();
    expect(response?.status).toBe(503);
    expect(data).toMatchObject({ checked_machines: 2, errored_machines: [{ machine_name: 'desk 7' }] });
    expect(waits).toEqual([]);
    api.reportUp();
    expect((await client.machines.health()).data).toMatchObject({ errored_machines: [] });
  });

  it('an outage during the check of machines is an error of the client, not data', async () => {
    const api = await startApi();
    api.faults.plant({ call: 'cyberdesk:GET *', do: 'fail', status: 503, times: 'always' });

    expect((await clientOf(api).client.machines.health()).error?.status).toBe(503);
  });
});
