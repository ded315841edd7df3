import { randomBytes } from 'node:crypto';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../house/repository.ts';
import { useWhole, type Whole } from './kit/local-run.ts';
import { waitFor } from './kit/wait.ts';
import { deliver, runComplete } from './kit/webhooks.ts';

const NEXT = 'aaaaaaaa-0000-4000-8000-000000000001';
const SECRET_VALUE = 'a value of a patient';
const whole = useWhole({ environment: { NEXT_WORKFLOW_ID: NEXT } });

/** A question to a tool, and what its answer has to say. */
interface Question {
  readonly tool: string;
  readonly given?: Readonly<Record<string, unknown>>;
  readonly says: readonly RegExp[];
}

/** A fault, and what the answers to an agent that asks why must say. Numbers are those of the table of faults. */
interface Planted {
  readonly number: number;
  readonly fault: string;
  /** Plants it, and says which questions explain it. */
  readonly plant: (whole: Whole) => Promise<readonly Question[]>;
}

const webhook = (run: Record<string, unknown> = {}) =>
  runComplete({ output_data: { summary: SECRET_VALUE }, ...run });

/** Delivers a webhook of a finished run; its id. */
async function arrive(whole: Whole): Promise<string> {
  const sent = webhook();
  expect((await whole.deliver(sent)).status).toBe(200);
  return sent.event_id;
}

const webhookOfOther = `whsec_${randomBytes(24).toString('base64')}`;
const unprocessable = { detail: [{ loc: ['body', 'input_values', 'summary'], msg: 'x', type: 'x' }] };

const FAULTS: readonly Planted[] = [
  {
    number: 1,
    fault: 'deliveries are signed with the secret of another endpoint',
    plant: async ({ run }) => {
      expect((await deliver(run.webhookUrl, webhookOfOther, webhook())).status).toBe(400);
      return [
        { tool: 'doctor', says: [/1 refused for their signature/, /that of another endpoint.*secret set/] },
      ];
    },
  },
  {
    number: 3,
    fault: 'Cyberdesk refuses the API key',
    plant: async (whole) => {
      whole.run.fake?.faults.plant({ call: 'cyberdesk:*', do: 'fail', status: 401, times: 'always' });
      const event = await arrive(whole);
      await waitFor('the pause', () => isPaused(event));
      return [
        { tool: 'doctor', says: [/"check":"api-key","state":"problem".*api-key set/] },
        {
          tool: 'events_show',
          given: { event },
          says: [/paused until then: the API rejects the API key \(HTTP 401\)/],
        },
      ];
    },
  },
  {
    number: 6,
    fault: 'Cyberdesk refuses the inputs of a follow-up',
    plant: async (whole) => {
      const body = unprocessable;
      const call = 'cyberdesk:POST /v1/runs';
      // Always: the event of the fault before is tried again meanwhile, and would use up a single one.
      whole.run.fake?.faults.plant({ call, do: 'fail', status: 422, body, times: 'always' });
      const event = await arrive(whole);
      expect(await whole.finished(event)).toMatchObject({ state: 'failed' });
      return [
        {
          tool: 'events_show',
          given: { event },
          says: [/start-next-workflow #1 startRun: failed, HTTP 422, field input_values\.summary/],
        },
        {
          tool: 'dlq_list',
          says: [new RegExp(`"event_id":"${event}","reason":"refused".*"standing":"open"`)],
        },
        { tool: 'doctor', says: [/"check":"dead-letters","state":"problem".*dlq list/] },
      ];
    },
  },
  {
    number: 11,
    fault: 'a foreign message lies in the dead-letter queue',
    plant: async ({ run }) => {
      const message = { QueueUrl: run.stack.outputs.DlqUrl, MessageBody: 'nonsense' };
      await run.aws.call('sqs', 'SendMessage', message);
      return [{ tool: 'dlq_list', says: [/"standing":"stuck"/] }];
    },
  },
  {
    number: 13,
    fault: 'a run has ended, and its webhook never arrived',
    plant: async ({ run }) => {
      const ended_at = new Date(Date.now() - 60_000).toISOString();
      const created_at = new Date(Date.now() - 120_000).toISOString();
      const ended = run.fake?.seedRun({ workflow_id: NEXT, status: 'success', created_at, ended_at });
      const given = { since: '1h', grace: '0s' };
      return [
        { tool: 'reconcile', given, says: [new RegExp(`"run_id":"${ended?.id}".*"verdict":"missing"`)] },
      ];
    },
  },
];

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
afterEach(() => whole().run.fake?.faults.clear());

async function ask({ tool, given = {} }: Pick<Question, 'tool' | 'given'>): Promise<string> {
  const { content, isError } = await client.callTool({ name: tool, arguments: { ...given } });
  expect(isError ?? false, `${tool} failed: ${JSON.stringify(content)}`).toBe(false);
  return content.map((block) => (block.type === 'text' ? block.text : '')).join('\n');
}

const isPaused = async (event: string) =>
  (await ask({ tool: 'events_show', given: { event } })).includes('paused');

describe('an agent that asks why', () => {
  it.each(FAULTS)(
    'the answers to an agent that asks why explain fault $number: $fault',
    async ({ plant }) => {
      const questions = await plant(whole());

      for (const question of questions) {
        const answer = await ask(question);
        for (const part of question.says) expect(answer).toMatch(part);
        expect(answer).not.toContain(SECRET_VALUE);
      }
    },
  );

  it('the answers to an agent do not mention a wrong secret once deliveries are accepted again', async () => {
    await whole().deliver(webhook());

    expect(await ask({ tool: 'doctor' })).not.toMatch(/another endpoint/);
  });
});
