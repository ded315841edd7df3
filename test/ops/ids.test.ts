import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WorkflowResponse } from '../../lambda/cyberdesk/types.ts';
import { type CyberdeskApi, startCyberdeskApi } from '../../local/cyberdesk-api/server.ts';
import { uuid } from '../../ops/cli/values.ts';
import { readRunFilter } from '../../ops/events/filter.ts';
import { setApiKey } from '../../ops/secrets/set.ts';
import { findNamed } from '../../ops/workflows/read.ts';
import { run } from './support/command.ts';
import { useStage } from './support/use-stage.ts';

const ID = 'abcdefab-cdef-4bcd-8efa-bcdefabcdefa';
const IN_CAPITALS = ID.toUpperCase();

it('an id that Cyberdesk is asked about is sent in small letters', () => {
  expect(uuid(` ${IN_CAPITALS} `)).toBe(ID);
});

it('a filter finds an id in capitals as it is stored, and leaves what is not a UUID alone', () => {
  expect(readRunFilter({ workflow: IN_CAPITALS, run: IN_CAPITALS })).toMatchObject({ workflow: ID, run: ID });
  expect(readRunFilter({ workflow: 'Own', run: 'Own' })).toMatchObject({ workflow: 'Own', run: 'Own' });
});

it('a workflow of the stage settings in capitals is the one that is listed', async () => {
  const listed = { id: ID } as WorkflowResponse;
  const get = () => expect.fail('it is listed');

  expect(await findNamed({ next: IN_CAPITALS }, [listed], get)).toEqual({ found: [listed], missing: [] });
});

describe('a stage whose settings name a workflow in capitals', () => {
  let api: CyberdeskApi;
  const here = useStage(async () => {
    api = await startCyberdeskApi({ strictWorkflows: true });
    return {
      outputs: { cyberdeskApiUrl: api.url },
      processor: { bundle: '', environment: { NEXT_WORKFLOW_ID: IN_CAPITALS } },
    };
  });
  beforeEach(async () => {
    await setApiKey(here.stage, 'cd_key');
    api.seedWorkflow({ id: ID, name: 'Claims' });
  });
  afterEach(() => api.close());

  it('a stage whose settings name a workflow in capitals has it listed by that name', async () => {
    const { json } = await run(['workflows', 'list', '--json'], { connect: async () => here.stage });

    expect(json()).toMatchObject({ workflows: [{ workflow_id: ID, used_as: ['next'] }], missing: [] });
  });
});
