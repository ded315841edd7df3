import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { createCyberdeskClient } from '../../lambda/cyberdesk/client.ts';
import type { Fault } from '../../local/faults/faults.ts';
import { startApi, WORKFLOW } from './setup.ts';

const SECRET = /canary/i;

const FAULTS: Record<string, Omit<Fault, 'call'>> = {
  'a refusal that quotes the input': {
    do: 'fail',
    status: 422,
    body: { detail: [{ input: 'canary-payload' }] },
  },
  'a server error with text': { do: 'fail', status: 500, body: 'canary-payload' },
  'a header that quotes': {
    do: 'fail',
    status: 400,
    headers: { 'x-echo': 'canary-payload' },
    body: 'canary-payload',
  },
  'a success that is not JSON': { do: 'fail', status: 201, body: Buffer.from('canary-payload') },
  'a broken connection': { do: 'drop' },
  'no response': { do: 'delay', ms: 3_600_000 },
};

it.each(Object.entries(FAULTS))(
  'an error does not contain any data of the call: %s',
  async (_name, fault) => {
    const api = await startApi();
    const client = createCyberdeskClient('canary-api-key', {
      baseUrl: api.url,
      timeoutMs: 100,
      sleep: async () => {},
    });
    api.faults.plant({ call: 'cyberdesk:*', times: 'always', ...fault });

    const { error } = await client.runs.create(
      { workflow_id: WORKFLOW, input_values: { patient: 'canary-payload' } },
      { idempotencyKey: 'canary-key' },
    );

    expect(error).toBeDefined();
    expect(inspect(error, { depth: 10, showHidden: true, getters: true })).not.toMatch(SECRET);
    expect(JSON.stringify(error)).not.toMatch(SECRET);
  },
);
