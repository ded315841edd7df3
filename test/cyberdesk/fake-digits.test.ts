import { expect, it } from 'vitest';
import { API_KEY, startApi, WORKFLOW } from './setup.ts';

const INPUTS = '{"account":9007199254740993,"amount":1234567890123456.78,"most":[1e400],"count":1}';

it('the fake API shows the digits that it was given, in its answer, its list, its announcement and after a retry', async () => {
  const announced: string[] = [];
  const api = await startApi();
  const call = async (path: string, body?: string) => {
    const response = await fetch(`${api.url}${path}`, {
      headers: { authorization: `Bearer ${API_KEY}` },
      ...(body !== undefined && { method: 'POST', body }),
    });
    return response.text();
  };

  const created = await call('/v1/runs', `{"workflow_id":"${WORKFLOW}","input_values":${INPUTS}}`);
  const { id } = JSON.parse(created);
  await call(`/_control/runs/${id}/complete`, `{"output_data":${INPUTS}}`);
  announced.push(created, await call('/v1/runs?fields=input_values'), await call(`/v1/runs/${id}`));
  announced.push(await call('/_control/state'));
  announced.push(await call(`/v1/runs/${id}/retry`, '{}'));

  for (const text of announced) expect(text).toContain(`"input_values":${INPUTS}`);
  expect(announced[2]).toContain(`"output_data":${INPUTS}`);
});

it('the fake API does not take a long number for an object or for an integer', async () => {
  const api = await startApi();
  const refusal = async (body: string) => {
    const response = await fetch(`${api.url}/v1/runs/bulk`, {
      method: 'POST',
      headers: { authorization: `Bearer ${API_KEY}` },
      body,
    });
    return [response.status, JSON.parse(await response.text()).detail?.[0]?.loc];
  };

  expect(
    await refusal(`{"workflow_id":"${WORKFLOW}","count":1,"input_values":12345678901234567890}`),
  ).toEqual([422, ['body', 'input_values']]);
  expect(await refusal(`{"workflow_id":"${WORKFLOW}","count":12345678901234567890}`)).toEqual([
    422,
    ['body', 'count'],
  ]);
});
