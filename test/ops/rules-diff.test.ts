import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { followUps, notify, startRun } from '../../lambda/rules/index.ts';
import { run } from './support/command.ts';
import { ownFolder } from './support/own-folder.ts';
import { bundleOf, commonJsRulesFile, processorVariables, rulesFile } from './support/rules.ts';
import { useStage } from './support/use-stage.ts';

const DEPLOYED = `
  { name: 'start', status: 'success', actions: ({ run }) => startRun({
    workflow_id: 'next', input_values: { summary: run.output_data?.summary, account: run.output_data?.account } }) },
  { name: 'notified', status: 'error', actions: () => notify('old') },
  { name: 'both', actions: () => [notify(), notify()] },
  { name: 'broken', workflow: (ids) => ids.bad, actions: () => { throw new Error('PAYLOAD-VALUE'); } }`;

describe('rules diff', () => {
  const here = useStage();

  /** A stage that runs `deployed`, and a folder in which the rules are `today`. */
  async function prepare(deployed: string, today: string, ids: Record<string, string> = {}) {
    const folder = ownFolder({ 'old.ts': rulesFile(deployed), 'follow-ups.ts': rulesFile(today) });
    const variables = Object.fromEntries(
      Object.entries(ids).map(([name, id]) => [`${name.toUpperCase()}_WORKFLOW_ID`, id]),
    );
    const bundle = await bundleOf(folder.path('old.ts'));
    const stage = { ...here.stage, processor: { bundle, environment: processorVariables(variables) } };
    writeFileSync(
      folder.path('stages.ts'),
      `export const stages = { dev: { workflowIds: ${JSON.stringify(ids)} } };`,
    );
    const diff = (...more: string[]) =>
      run(['rules', 'diff', '--since', '1h', '--rules', folder.path('follow-ups.ts'), ...more], {
        connect: async () => stage,
      });
    return { folder, diff, stage };
  }

  it('rules diff says by rule what would be added, dropped and changed, and where', async () => {
    const event = await here.service.deliver();
    await here.service.deliver({ run: { status: 'error' } });
    const { diff } = await prepare(
      DEPLOYED,
      `{ name: 'start', status: 'success', actions: ({ run }) => startRun({
         workflow_id: 'next', input_values: { summary: 'fixed', account: run.output_data?.account } }) },
       { name: 'both', actions: () => notify() },
       { name: 'new', status: 'error', actions: () => publish() }`,
    );

    const { code, out, json } = await diff('--json');

    expect(code).toBe(1);
    const { events, rules } = json() as { events: number; rules: Record<string, unknown>[] };
    expect(events).toBe(2);
    expect(rules.map(({ examples: _examples, ...counts }) => counts)).toEqual([
      { rule: 'both', added: 0, dropped: 2, changed: 0, fails: 0, fixed: 0, same: 2 },
      { rule: 'new', added: 1, dropped: 0, changed: 0, fails: 0, fixed: 0, same: 0 },
      { rule: 'notified', added: 0, dropped: 1, changed: 0, fails: 0, fixed: 0, same: 0 },
      { rule: 'start', added: 0, dropped: 0, changed: 1, fails: 0, fixed: 0, same: 0 },
    ]);
    expect(rules[3]?.examples).toEqual([
      { event_id: event, change: 'changed', what: 'startRun', position: 0, fields: ['input_values.summary'] },
    ]);
    expect(out).not.toContain('PAYLOAD-VALUE');
  });

  it('rules that say the same of every event end with exit code 0', async () => {
    await here.service.receive(
      JSON.stringify({
        event_type: 'run_complete',
        run: { id: 'r', workflow_id: 'w', status: 'success', ended_at: '2026-01-01T00:00:00Z' },
      }).replace('"status"', '"output_data":{"account":12345678901234567890},"status"'),
    );
    const { diff } = await prepare(DEPLOYED, DEPLOYED);

    const { code, out } = await diff();

    expect(out).toMatch(/^1 event since .* in [\d.]+ s\n/);
    expect([code, out]).toEqual([0, expect.stringContaining('nothing differs')]);
  });

  it('rules that a compiler has made CommonJS say the same as before', async () => {
    await here.service.deliver();
    const rules = `{ name: 'start', status: 'success', actions: () => startRun({
      workflow_id: 'next', input_values: { account: new ExactNumber('12345678901234567890') },
      sensitive_input_values: { password: secret('arn:aws:secretsmanager:eu-central-1:123456789012:secret:portal-AbCdEf') } }) }`;
    const { folder, diff } = await prepare(rules, rules);
    writeFileSync(folder.path('follow-ups.js'), commonJsRulesFile(rules));

    const { code, out, err } = await diff('--rules', folder.path('follow-ups.js'));

    expect([code, out, err]).toEqual([0, expect.stringContaining('nothing differs'), '']);
  });

  it('a number that only differs in digits beyond those of a double is a change', async () => {
    await here.service.deliver();
    const send = (digits: string) =>
      `{ name: 'a', actions: () => startRun({ workflow_id: 'next', input_values: { account: new ExactNumber('${digits}') } }) }`;
    const { diff } = await prepare(send('12345678901234567890'), send('12345678901234567891'));
    expect((await diff()).out).toMatch(/changed .* startRun 1: input_values.account\n/);
  });

  it('an action of another kind is a change that names both kinds', async () => {
    await here.service.deliver();
    const { diff } = await prepare(
      "{ name: 'a', actions: () => notify() }",
      "{ name: 'a', actions: () => publish() }",
    );

    expect((await diff()).out).toMatch(/changed .* publish 1 instead of notify\n/);
  });

  it('a delivery to another destination is a change', async () => {
    await here.service.deliver();
    const { diff } = await prepare(
      "{ name: 'a', actions: () => deliver('archive') }",
      "{ name: 'a', actions: () => deliver('team') }",
    );

    expect((await diff()).out).toMatch(/changed .* deliver 1: destination\n/);
  });

  it('a rule that would throw is reported, and nothing of what it throws', async () => {
    await here.service.deliver();
    const { diff } = await prepare(
      "{ name: 'a', actions: () => notify() }",
      "{ name: 'a', actions: ({ run }) => { throw new Error(run.output_data.summary); } }",
    );

    const { code, out, err } = await diff();

    expect(code).toBe(1);
    expect(out).toMatch(/fails .* rule_threw/);
    expect(out + err).not.toContain('PAYLOAD-VALUE');
  });

  it('where one of your rules throws, nothing is added, and what was done is dropped', async () => {
    await here.service.deliver();
    const before = `{ name: 'persist', actions: () => deliver('archive') }`;
    const { diff } = await prepare(
      before,
      `{ name: 'persist-renamed', actions: () => deliver('archive') },
       { name: 'bad', actions: () => { throw new Error(); } },
       { name: 'n', actions: () => [notify(), publish()] }`,
    );

    const { json } = await diff('--json');

    const { rules } = json() as { rules: Record<string, unknown>[] };
    expect(rules).toMatchObject([
      { rule: 'bad', fails: 1 },
      { rule: 'persist', dropped: 1, added: 0 },
    ]);
  });

  it('deployed rules of a release that answers for each rule alone are compared by what becomes of the event', async () => {
    await here.service.deliver();
    const { folder, stage } = await prepare(DEPLOYED, "{ name: 'n', actions: () => notify() }");
    const failed = (rule: string, reason: string) => ({ rule, kind: 'failed', reason });
    const actions = [{ kind: 'notify', body: '{}' }];
    const said = [{ rule: 'n', kind: 'planned', actions }, failed('deep', 'depth_exceeded')];
    const old = JSON.stringify([...said, failed('bad', 'rule_threw')]);
    writeFileSync(folder.path('old.mjs'), `export const rehearse = () => ${JSON.stringify(old)};`);
    const processor = { ...stage.processor, bundle: folder.path('old.mjs') };

    const { json } = await run(
      ['rules', 'diff', '--since', '1h', '--rules', folder.path('follow-ups.ts'), '--json'],
      { connect: async () => ({ ...stage, processor }) },
    );

    const { rules } = json() as { rules: Record<string, unknown>[] };
    expect(rules).toMatchObject([
      { rule: 'bad', fixed: 1 },
      { rule: 'n', added: 1, same: 0 },
    ]);
  });

  it('rules diff starts nothing and writes nothing: it only queries and reads', async () => {
    await here.service.deliver({ run: { output_data: { noise: randomBytes(9000).toString('base64') } } });
    const { folder, stage } = await prepare(DEPLOYED, "{ name: 'x', actions: () => publish() }");
    const sent: string[] = [];
    const recorded = Object.fromEntries(
      Object.entries(stage.clients).map(([name, client]: [string, { send(command: unknown): unknown }]) => {
        const send = (command: object) => {
          sent.push(command.constructor.name);
          return client.send(command);
        };
        return [name, { send }];
      }),
    ) as unknown as typeof stage.clients;

    const { code } = await run(['rules', 'diff', '--since', '1h', '--rules', folder.path('follow-ups.ts')], {
      connect: async () => ({ ...stage, clients: recorded }),
    });

    expect(code).toBe(1);
    expect([...new Set(sent)].sort()).toEqual(['BatchGetItemCommand', 'GetItemCommand', 'QueryCommand']);
  });

  it('depth, retries and workflow ids are those of the event and of the stage', async () => {
    here.service.rules = followUps({
      name: 'start',
      status: 'success',
      actions: () => startRun({ workflow_id: 'n' }),
    });
    await here.service.deliver();
    await here.service.work();
    const [started] = here.service.created;
    await here.service.deliver({ run: { id: started?.id, status: 'error' } });
    here.service.rules = followUps({ name: 'notified', actions: () => notify() });
    await here.service.work();
    const { diff } = await prepare(
      "{ name: 'a', actions: () => notify() }",
      `{ name: 'a', actions: ({ depth, workflowIds, stage }) =>
          depth === 1 && workflowIds.next === 'the-next' && stage === 'dev' ? [notify(), notify()] : notify() }`,
      { next: 'the-next' },
    );

    const { json } = await diff('--json');

    expect(json()).toMatchObject({ rules: [{ rule: 'a', added: 1, same: 2 }] });
  });

  it('the verb rules diff leaves out copies and events that start nothing, but not those that a new rule is about', async () => {
    const event = { run: { id: 'r', ended_at: '2026-11-28T10:00:00Z' } };
    await here.service.deliver(event);
    await here.service.deliver(event);
    await here.service.deliver({ run: { status: 'running' } });
    const other = await here.service.receive('{"event_type":"workflow_published"}');
    await here.service.work();
    const rule = "{ name: 'a', actions: () => notify() }";
    const { diff } = await prepare(
      rule,
      `${rule}, { name: 'new', event: 'workflow_published', guard: (event): event is object => true, actions: () => notify() }`,
    );

    const { json } = await diff('--json');

    expect(json()).toMatchObject({
      events: 2,
      rules: [
        { rule: 'a', same: 1, added: 0 },
        { rule: 'new', added: 1, examples: [{ event_id: other }] },
      ],
    });
  });

  it('rules diff --base asks the rules of a commit, with the stage settings of that commit', async () => {
    await here.service.deliver();
    const rule = "{ name: 'a', actions: ({ workflowIds }) => startRun({ workflow_id: workflowIds.next }) }";
    const { folder, diff } = await prepare("{ name: 'deployed', actions: () => publish() }", rule, {
      next: 'one',
    });
    const git = (...words: string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...words], {
        cwd: dirname(folder.path('x')),
        stdio: 'ignore',
      });
    git('init');
    git('add', '.');
    git('commit', '--message', 'first');
    expect((await diff('--base', 'HEAD')).code).toBe(0);
    writeFileSync(
      folder.path('stages.ts'),
      "export const stages = { dev: { workflowIds: { next: 'two' } } };",
    );

    const { code, json } = await diff('--base', 'HEAD', '--json');

    expect(code).toBe(1);
    expect(json()).toMatchObject({
      rules: [{ rule: 'a', changed: 1, examples: [{ fields: ['workflow_id'] }] }],
    });
    expect((await diff('--base', '--output=x')).err).toMatch(
      /git cannot read the commit "--output=x": give one/,
    );
  });

  it.each([
    ['do not exist', undefined, /the rules do not exist .*: name the file with --rules/],
    ['cannot be bundled', 'export default nonsense(', /the rules cannot be bundled: .*follow-ups.ts:1/],
    [
      'cannot be loaded',
      "throw new Error('not today')",
      /cannot be loaded \(not today\): run "npx cdk synth"/,
    ],
    [
      'are a function',
      'export default () => [];',
      /cannot be loaded \(the default export is not the result of followUps\(…\)\)/,
    ],
  ])('rules that %s are reported in one line', async (_, text, line) => {
    const { folder, diff } = await prepare(DEPLOYED, DEPLOYED);
    if (text !== undefined) writeFileSync(folder.path('follow-ups.ts'), text);
    const { code, err } = text === undefined ? await diff('--rules', folder.path('other.ts')) : await diff();
    expect([code, err]).toEqual([2, expect.stringMatching(line)]);
    expect(err.trim().split('\n')).toHaveLength(1);
  });

  it('a deployed bundle that cannot answer says what fails and where, and nothing of an event', async () => {
    await here.service.deliver();
    const { folder, stage } = await prepare(DEPLOYED, DEPLOYED);
    writeFileSync(
      folder.path('old.mjs'),
      'function ask(text) { throw new TypeError(text); }\nexport const rehearse = (text) => ask(text);',
    );
    const processor = { ...stage.processor, bundle: folder.path('old.mjs') };
    const { code, err } = await run(
      ['rules', 'diff', '--since', '1h', '--rules', folder.path('follow-ups.ts')],
      { connect: async () => ({ ...stage, processor }) },
    );

    expect([code, err]).toEqual([
      2,
      expect.stringMatching(
        /^error: the deployed rules cannot be asked \(TypeError in ask\): if they are deployed, .*\n$/,
      ),
    ]);
  });

  it('the bundle of a release that cannot be asked is reported with the way around', async () => {
    const { folder, stage } = await prepare(DEPLOYED, DEPLOYED);
    writeFileSync(folder.path('old.mjs'), 'export const handler = () => undefined;');
    const processor = { ...stage.processor, bundle: folder.path('old.mjs') };
    const { code, err } = await run(
      ['rules', 'diff', '--since', '1h', '--rules', folder.path('follow-ups.ts')],
      {
        connect: async () => ({ ...stage, processor }),
      },
    );
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/the deployed rules are of a release .*--base <git ref>/),
    ]);
  });
});
