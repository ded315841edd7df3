import { describe, expect, it, onTestFinished } from 'vitest';
import { startCyberdeskApi } from '../../local/cyberdesk-api/server.ts';
import type { StageOptions } from '../../ops/cli/command.ts';
import { processIo } from '../../ops/cli/io.ts';
import { answered } from '../../ops/mcp/result.ts';
import { CHANGING, READING } from '../../ops/mcp/tools.ts';
import { setApiKey, setSigningSecret } from '../../ops/secrets/set.ts';
import { connectAgent } from './support/agent.ts';
import { run } from './support/command.ts';
import { readPage } from './support/pages.ts';
import { makeUnknown } from './support/unknown.ts';
import { useStage } from './support/use-stage.ts';

const here = useStage();

type Agreement = 'agrees' | 'declines' | 'leaves the box empty' | 'cannot be asked';

const io = processIo();

/** Before 2026, a server asked by a request of its own; since then, by its answer. */
type Era = 'legacy' | 'auto';

interface Given {
  stage?: string;
  allowChanges?: boolean;
  showPayload?: boolean;
  person?: Agreement;
  era?: Era;
}

const ANSWERS = {
  agrees: { action: 'accept' as const, content: { agree: true } },
  declines: { action: 'decline' as const },
  'leaves the box empty': { action: 'accept' as const, content: { agree: false } },
};

/** An agent that is connected to the server of the test's stage, and the questions that its person was asked. */
async function agent({ stage = 'dev', person = 'cannot be asked', era = 'auto', ...given }: Given = {}) {
  const { allowChanges = false, showPayload = false } = given;
  const places: StageOptions[] = [];
  const connect = async (place: StageOptions) => {
    places.push(place);
    return here.stage;
  };
  const target = { stage, region: 'eu-west-1' };
  const settings = { io, connect, find: connect, target, allowChanges, showPayload };
  const capabilities = person === 'cannot be asked' ? {} : { elicitation: {} };
  const {
    client,
    call,
    connect: enter,
    close,
  } = await connectAgent(settings, {
    capabilities,
    versionNegotiation: { mode: era },
  });
  const asked: string[] = [];
  if (person !== 'cannot be asked')
    client.setRequestHandler('elicitation/create', async ({ params }) => {
      asked.push(params.message);
      return ANSWERS[person];
    });
  await enter();
  onTestFinished(close);
  const tools = async () => (await client.listTools()).tools;
  return { client, call, tools, asked, places };
}

const refusal = { kind: 'failed' as const, status: 422, isJson: true, mayHaveTakenEffect: false };

async function fail(): Promise<string> {
  here.service.answer = refusal;
  const id = await here.service.deliver();
  await here.service.work();
  here.service.answer = undefined;
  return id;
}

const command = async (...argv: string[]) =>
  (await run([...argv, '--json'], { connect: async () => here.stage })).json() as object;

describe('the tools of an agent', () => {
  it('an agent gets the reading tools only, each without what names files, never ends or shows payload', async () => {
    const tools = await (await agent()).tools();

    expect(tools.map(({ name }) => name)).toEqual(READING.map(({ name }) => name));
    expect(tools.every(({ annotations }) => annotations?.readOnlyHint)).toBe(true);
    const given = Object.fromEntries(
      tools.map(({ name, inputSchema }) => [name, Object.keys(inputSchema.properties ?? {})]),
    );
    expect(given).toMatchObject({ doctor: [], events_show: ['event'], logs: ['event', 'function', 'since'] });
    const all = Object.values(given).flat();
    for (const name of ['stage', 'payload', 'apply', 'file', 'rules', 'samples', 'template', 'yes', 'json'])
      expect(all).not.toContain(name);
  });

  it('an agent gets the changing tools as well with --allow-changes, marked as such', async () => {
    const tools = await (await agent({ allowChanges: true })).tools();
    const names = CHANGING.map(({ name }) => name);

    expect(tools.slice(READING.length).map(({ name }) => name)).toEqual(names);
    for (const { name, annotations } of tools)
      expect(annotations?.destructiveHint).toBe(names.includes(name));
  });

  it('the tools know the types, choices and defaults of options', async () => {
    const tools = await (await agent({ allowChanges: true })).tools();
    const schemaOf = (name: string) => tools.find((tool) => tool.name === name)?.inputSchema;

    expect(schemaOf('events_list')?.properties).toMatchObject({
      state: { type: 'string', enum: ['received', 'processed', 'failed', 'ignored', 'unprocessable'] },
      limit: { type: 'integer', minimum: 1, default: 50 },
    });
    expect(schemaOf('events_settle')).toMatchObject({
      required: ['event', 'action'],
      additionalProperties: false,
      properties: { action: { type: 'integer' }, start_again: { type: 'boolean' } },
    });
    expect(schemaOf('events_replay')?.properties).toMatchObject({
      event: { type: 'array' },
      rate: { type: 'number' },
    });
    expect(schemaOf('send')?.properties).toMatchObject({
      no_wait: { type: 'boolean' },
      set: { type: 'array' },
    });
  });

  it.each([
    ['events_list', { state: 'failed', limit: 1 }, ['events', 'list', '--state', 'failed', '--limit', '1']],
    ['dlq_list', {}, ['dlq', 'list']],
    ['queues', {}, ['queues']],
  ])('the tool %s answers with the document of its verb', async (name, given, argv) => {
    await fail();
    await fail();
    const { call, places } = await agent();

    const { isError, text, document } = await call(name, given);

    expect(isError).toBe(false);
    const expected = await command(...argv);
    expect(document).toEqual(expected);
    expect(JSON.parse(text)).toEqual(expected);
    expect(places).toEqual([expect.objectContaining({ stage: 'dev', region: 'eu-west-1' })]);
  });

  it('the tool audit_list says who has changed what', async () => {
    const [first, second] = [await fail(), await fail()];
    await command('events', 'replay', first);
    await command('events', 'replay', second, '--because', 'the inputs are fixed');
    const { call } = await agent();

    const { document } = await call('audit_list', { limit: 1 });

    expect(document).toEqual(await command('audit', 'list', '--limit', '1'));
    expect(document).toMatchObject({
      entries: [{ verb: 'events replay', because: 'the inputs are fixed' }],
      more: true,
    });
  });

  it('the tool workflows_list says which workflows send webhooks', async () => {
    const api = await startCyberdeskApi({ strictWorkflows: true });
    onTestFinished(() => api.close());
    Object.assign(here.stage.outputs, { cyberdeskApiUrl: api.url });
    Object.assign(here.stage, { processor: { bundle: '', environment: {} } });
    await setApiKey(here.stage, 'cd_key');
    api.seedWorkflow({ id: '44444444-4444-4444-8444-444444444444', name: 'Invoices' });
    const { call } = await agent();

    const { document } = await call('workflows_list');

    expect(document).toEqual(await command('workflows', 'list'));
    expect(document).toMatchObject({ workflows: [{ name: 'Invoices', is_webhooks_enabled: true }] });
  });

  it('the tool events_show finds the event of a run, and shows no payload', async () => {
    const id = await here.service.deliver({ run: { id: 'run-7' } });
    const { call } = await agent();

    const { document, text } = await call('events_show', { event: 'run-7' });
    expect(document).toMatchObject({ event_id: id });
    expect(text).not.toContain('PAYLOAD-VALUE');
    expect((await call('events_show', { event: id, payload: true })).isError).toBe(true);
  });

  it('the tool events_show shows the payload if the server was started with --payload', async () => {
    const id = await here.service.deliver();
    const { call } = await agent({ showPayload: true });

    expect((await call('events_show', { event: id })).text).not.toContain('PAYLOAD-VALUE');
    expect((await call('events_show', { event: id, payload: true })).text).toContain('PAYLOAD-VALUE');
  });

  it.each([
    ['events_show', { event: 'nope' }, /"UnknownEvent".*events list --stage dev/],
    ['events_show', { event: '--payload' }, /"UnknownEvent"/],
    ['events_list', { since: 'soon' }, /"BadArgument".*--since/],
    ['events_list', { stat: 'failed' }, /additional properties/],
    ['events_show', {}, /event/],
  ])('the tool %s with %j says what is wrong', async (name, given, message) => {
    const { isError, text } = await (await agent()).call(name, given);

    expect(isError).toBe(true);
    expect(text).toMatch(message);
  });

  it('an answer that is too long for an agent says how to ask for less', () => {
    expect(answered({ lines: 'x'.repeat(200_000) }, '')).toMatchObject({
      isError: true,
      content: [{ text: expect.stringContaining('ask for less, with limit, since') }],
    });
  });

  it('the tool doctor sends no probe, so that nothing is written', async () => {
    await setSigningSecret(here.stage, `whsec_${Buffer.from('a secret of twenty-four.').toString('base64')}`);
    const { call } = await agent({ stage: 'local' });

    const { document } = await call('doctor');

    const { findings } = document as { findings: { check: string }[] };
    expect(findings.at(-1)).toEqual({ check: 'probe', state: 'skipped', text: 'not sent' });
  });
});

describe('a change that an agent asks for', () => {
  const TYPED = 'npx --no cyberdesk-webhooks events replay ID --stage dev --region eu-west-1';
  const ERAS = ['legacy', 'auto'] as const;

  it.each(ERAS)('a change is made once a person has agreed to the command (protocol: %s)', async (era) => {
    const id = await fail();
    const { client, call, asked } = await agent({ allowChanges: true, person: 'agrees', era });

    const { document } = await call('events_replay', { event: [id] });

    expect(client.getProtocolEra()).toBe(era === 'legacy' ? 'legacy' : 'modern');
    expect(document).toMatchObject({ replays: [{ event_id: id, outcome: 'reopened' }] });
    expect(asked).toEqual([expect.stringContaining(TYPED.replace('ID', id))]);
    await here.service.work();
    expect(await command('events', 'show', id)).toMatchObject({ state: 'processed' });
  });

  it('a change that an agent has made is on record under the name of its verb, with its reason', async () => {
    const id = await fail();
    const { call } = await agent({ allowChanges: true, person: 'agrees' });

    await call('events_replay', { event: [id], because: 'the inputs are fixed' });
    await call('send', { from_event: id, no_wait: true });

    const { entries } = (await command('audit', 'list')) as { entries: { verb: string }[] };
    expect(new Set(entries.map(({ verb }) => verb))).toEqual(new Set(['events replay', 'send']));
    expect(entries).toContainEqual(expect.objectContaining({ because: 'the inputs are fixed' }));
  });

  const REFUSALS = (['declines', 'leaves the box empty', 'cannot be asked'] as const).flatMap((person) =>
    ERAS.map((era) => [person, era] as const),
  );

  it.each(REFUSALS)(
    'nothing changes if the person %s, and the agent gets the command to type (protocol: %s)',
    async (person, era) => {
      const id = await fail();
      const { call } = await agent({ allowChanges: true, person, era });

      const { isError, text } = await call('events_replay', { event: [id] });

      expect([isError, text]).toEqual([true, expect.stringContaining(TYPED.replace('ID', id))]);
      expect(text).toContain('nothing was done');
      await here.service.work();
      expect(await command('events', 'show', id)).toMatchObject({ state: 'failed' });
    },
  );

  it('an agreement to one command does not count for another', async () => {
    const [first, second] = [await fail(), await fail()];
    const { client } = await agent({ allowChanges: true, person: 'agrees' });
    const options = { allowInputRequired: true };
    const name = 'events_replay';
    const question = await client.callTool({ name, arguments: { event: [first] } }, options);
    const [key = ''] = Object.keys((question as unknown as { inputRequests: object }).inputRequests);

    const inputResponses = { [key]: ANSWERS.agrees };
    const other = { name, arguments: { event: [second] }, inputResponses };
    const again = await client.callTool(other as never, options);

    expect(Object.keys((again as unknown as { inputRequests: object }).inputRequests)).not.toContain(key);
    await here.service.work();
    expect(await command('events', 'show', second)).toMatchObject({ state: 'failed' });
    const same = { name, arguments: { event: [first] }, inputResponses };
    expect(await client.callTool(same as never, options)).toMatchObject({
      structuredContent: { unknown: [] },
    });
  });

  it('an agent that redrives all dead letters is shown which events wait for a decision, and how one is recorded', async () => {
    const id = await fail();
    await makeUnknown(here.stage, id, { workflow_id: 'next' });
    const { call } = await agent({ allowChanges: true, person: 'agrees' });

    expect(await call('dlq_redrive', { all: true })).toMatchObject({
      document: {
        redriven: [],
        undecided: [{ event_id: id }],
        next: expect.stringContaining(`events settle ${id} --action N`),
      },
    });
  });

  it('a change is refused as an unknown tool without --allow-changes', async () => {
    const id = await fail();
    const { call } = await agent({ person: 'agrees' });

    await expect(call('events_replay', { event: [id] })).rejects.toThrow('events_replay');
    await here.service.work();
    expect(await command('events', 'show', id)).toMatchObject({ state: 'failed' });
  });

  it('a change of a stage where mistakes are costly asks the person once', async () => {
    const id = await fail();
    Object.assign(here.stage, { name: 'prod' });
    const { call, asked } = await agent({ allowChanges: true, person: 'agrees' });

    expect(await call('dlq_redrive', { id })).toMatchObject({ isError: false });
    expect(asked).toHaveLength(1);
  });
});

it('docs/operate/agents.md names every tool', async () => {
  const page = await readPage('operate/agents.md');

  expect([...READING, ...CHANGING].filter(({ name }) => !page.includes(`\`${name}\``))).toEqual([]);
});
