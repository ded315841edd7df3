import { expect, it } from 'vitest';
import { parseExact } from '../../lambda/json/parse.ts';
import { clientOf, startApi, WORKFLOW } from './setup.ts';

const VALUES = '{"account":9007199254740993,"most":[1e400]}';

it('the client sends the digits that it is given, and returns those of an answer', async () => {
  const api = await startApi();
  const { client } = clientOf(api);
  const input_values = parseExact(VALUES) as Record<string, unknown>;

  const created = await client.runs.create({ workflow_id: WORKFLOW, input_values });
  const listed = await client.runs.list({ fields: ['input_values'] });
  const read = await client.runs.get(created.data?.id ?? '');

  expect(String(api.state.requests[0]?.body)).toContain(`"input_values":${VALUES}`);
  for (const run of [created.data, listed.data?.items[0], read.data])
    expect(JSON.stringify(run?.input_values)).toBe(VALUES);
});
