import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CyberdeskApi, startCyberdeskApi } from '../../local/cyberdesk-api/server.ts';
import type { Finding } from '../../ops/doctor/check.ts';
import { checkMachines } from '../../ops/doctor/machines.ts';
import { checkWorkflows } from '../../ops/doctor/workflows.ts';
import { setApiKey } from '../../ops/secrets/set.ts';
import { awsError, stubAws } from './support/aws.ts';
import { useStage } from './support/use-stage.ts';

const NEXT = '33333333-3333-4333-8333-333333333333';
const OTHER = '44444444-4444-4444-8444-444444444444';

let api: CyberdeskApi;
const here = useStage(async () => {
  api = await startCyberdeskApi({ apiKey: 'cd_right', strictWorkflows: true });
  return {
    outputs: { cyberdeskApiUrl: api.url },
    processor: { bundle: '', environment: { NEXT_WORKFLOW_ID: NEXT } },
  };
});
beforeEach(() => setApiKey(here.stage, 'cd_right'));
afterEach(() => api.close());

describe('what the doctor says of workflows', () => {
  const found = async (): Promise<Finding | undefined> => (await checkWorkflows(here.stage))[0];

  it('the doctor names a workflow of the stage settings whose webhooks are off before its first run', async () => {
    api.seedWorkflow({ id: NEXT, name: 'Claims', is_webhooks_enabled: false });

    expect(await found()).toEqual({
      check: 'workflows',
      state: 'warning',
      text: '1 of 1 workflows with recent runs or in the stage settings send no webhooks: Claims',
      next: `if rules should act on their runs: npx --no cyberdesk-webhooks workflows enable ${NEXT} --stage dev`,
    });
  });

  it('the doctor names a workflow with recent runs whose webhooks are off, and no other', async () => {
    api.seedWorkflow({ id: NEXT, name: 'Claims' });
    api.seedWorkflow({ id: OTHER, name: 'Silent', is_webhooks_enabled: false });
    api.seedWorkflow({ id: '55555555-5555-4555-8555-555555555555', is_webhooks_enabled: false });
    api.seedRun({ workflow_id: OTHER });

    expect(await found()).toMatchObject({
      state: 'warning',
      text: expect.stringMatching(/^1 of 2 .*: Silent$/),
    });
  });

  it('the doctor names a workflow with recent runs whose webhooks are off, although it may not read the stage settings', async () => {
    api.seedWorkflow({ id: OTHER, name: 'Silent', is_webhooks_enabled: false });
    api.seedRun({ workflow_id: OTHER });
    const { clients } = stubAws({ ListStackResources: awsError('AccessDenied') });
    const { processor: _local, ...stage } = here.stage;

    const states = await checkWorkflows({
      ...stage,
      clients: { ...stage.clients, cloudFormation: clients.cloudFormation },
    });

    expect(states).toMatchObject([
      { state: 'warning', text: expect.stringMatching(/^1 of 1 .*: Silent$/) },
      { state: 'warning', text: expect.stringMatching(/^the workflows that .* could not be read: /) },
    ]);
  });

  it('the doctor names a workflow of the stage settings that Cyberdesk does not have', async () => {
    expect(await found()).toMatchObject({
      state: 'problem',
      text: expect.stringContaining(`no workflow ${NEXT}, which the stage settings call "next"`),
      next: 'correct workflowIds.next in stages.ts, then npm run deploy -- dev',
    });
  });

  it('the doctor takes no workflow for missing because a proxy answers 404 for it', async () => {
    const headers = { 'content-type': 'text/html' };
    const call = 'cyberdesk:GET /v1/workflows/*';
    api.faults.plant({ call, do: 'fail', status: 404, headers, times: 'always' });

    expect(await found()).toMatchObject({ state: 'skipped', text: expect.stringContaining('404') });
  });

  it('the doctor names an id of the stage settings that is not a UUID', async () => {
    const environment = { NEXT_WORKFLOW_ID: 'next-workflow' };
    const stage = { ...here.stage, processor: { bundle: '', environment } };
    expect((await checkWorkflows(stage))[0]).toMatchObject({
      state: 'problem',
      text: expect.stringContaining('no workflow next-workflow, which the stage'),
    });
  });

  it('the doctor finds workflows beyond the first page of the list', async () => {
    api.seedWorkflow({ id: NEXT });
    api.seedWorkflow({
      id: OTHER,
      name: 'Old',
      updated_at: '2020-01-01T00:00:00Z',
      is_webhooks_enabled: false,
    });
    api.seedRun({ workflow_id: OTHER });
    for (let count = 0; count < 120; count += 1)
      api.seedWorkflow({ id: `66666666-6666-4666-8666-${String(count).padStart(12, '0')}` });

    expect(await found()).toMatchObject({ state: 'warning', text: expect.stringMatching(/: Old$/) });
  });

  it('the doctor is content with workflows that all send webhooks', async () => {
    api.seedWorkflow({ id: NEXT });

    expect(await found()).toMatchObject({ state: 'ok', text: expect.stringContaining('all 1 ') });
  });

  it.each(['/v1/workflows', '/v1/runs'])(
    'the doctor does not take workflows for fine if %s cannot be read',
    async (path) => {
      api.seedWorkflow({ id: NEXT });
      api.faults.plant({ call: `cyberdesk:GET ${path}*`, do: 'fail', status: 403, times: 'always' });

      expect(await found()).toMatchObject({ state: 'skipped', text: expect.stringMatching(/read: .* 403$/) });
    },
  );

  it('the doctor says that all workflows with recent runs are deleted', async () => {
    here.stage.processor && Object.assign(here.stage.processor, { environment: {} });
    api.seedRun({ workflow_id: OTHER });

    expect(await found()).toMatchObject({ state: 'info', text: expect.stringContaining('deleted') });
  });
});

describe('what the doctor says of machines', () => {
  it('the doctor names machines that do not respond, without the text of the error', async () => {
    api.reportDowned({ name: 'desk 7', reason: 'ERROR-TEXT' });

    const finding = await checkMachines(here.stage);

    expect(finding).toMatchObject({
      state: 'warning',
      text: '1 of 2 connected machines do not respond: desk 7 (HTTP 504)',
      next: expect.stringContaining('Cyberdriver'),
    });
    expect(JSON.stringify(finding)).not.toContain('ERROR-TEXT');
  });

  it('the doctor is content with machines that respond, and with an API that has no such check', async () => {
    expect(await checkMachines(here.stage)).toMatchObject({ state: 'ok' });
    api.faults.plant({ call: 'cyberdesk:GET *', do: 'fail', status: 404, times: 'always' });
    expect(await checkMachines(here.stage)).toMatchObject({ state: 'skipped' });
  });
});
