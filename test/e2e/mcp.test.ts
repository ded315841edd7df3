import { randomBytes } from 'node:crypto';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ROOT } from '../house/repository.ts';
import { useWhole } from './kit/local-run.ts';
import { deliver, runComplete } from './kit/webhooks.ts';

const NEXT = 'aaaaaaaa-0000-4000-8000-000000000001';
const SECRET_VALUE = 'a value of a patient';
const whole = useWhole({ environment: { NEXT_WORKFLOW_ID: NEXT } });

let client: Client;
beforeAll(async () => {
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME, PORT: new URL(whole().run.url).port };
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: ['ops/cyberdesk-webhooks.mjs', 'mcp'],
    cwd: ROOT,
    env,
  });
  client = new Client({ name: 'agent', version: '1' });
  await client.connect(transport);
});
afterAll(() => client?.close());

/** What a tool answers. */
async function ask(name: string, given: Record<string, unknown> = {}): Promise<string> {
  const { content, isError } = await client.callTool({ name, arguments: given });
  expect(isError ?? false, `${name} failed: ${JSON.stringify(content)}`).toBe(false);
  return content.map((block) => (block.type === 'text' ? block.text : '')).join('\n');
}

// What the tools answer about each fault: on-call.test.ts.
it('mcp answers an agent over its standard input and output, with the reason and the next step, and without payload', async () => {
  const { run } = whole();
  const webhook = runComplete({ output_data: { summary: SECRET_VALUE } });
  const other = `whsec_${randomBytes(24).toString('base64')}`;
  run.fake?.faults.plant({ call: 'cyberdesk:POST /v1/runs', do: 'fail', status: 422, times: 'always' });
  expect((await whole().deliver(webhook)).status).toBe(200);
  expect(await whole().finished(webhook.event_id)).toMatchObject({ state: 'failed' });
  expect((await deliver(run.webhookUrl, other, runComplete())).status).toBe(400);

  const [findings, event, letters] = [
    await ask('doctor'),
    await ask('events_show', { event: webhook.run.id }),
    await ask('dlq_list'),
  ];

  expect(findings).toMatch(/1 refused for their signature.*that of another endpoint.*secret set/);
  expect(event).toMatch(/start-next-workflow #1 startRun: failed, HTTP 422/);
  expect(letters).toMatch(/"next":"fix the cause, then \\"npx --no cyberdesk-webhooks dlq redrive --all/);
  expect(findings + event + letters).not.toContain(SECRET_VALUE);
});
