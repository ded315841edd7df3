import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startCyberdeskApi } from '../../local/cyberdesk-api/server.ts';
import { setApiKey } from '../../ops/secrets/set.ts';
import { run } from './support/command.ts';
import { ownFolder } from './support/own-folder.ts';
import { bundleOf, commonJsRulesFile, processorVariables, rulesFile } from './support/rules.ts';
import { useStage } from './support/use-stage.ts';

const INVOICE = '11111111-1111-4111-8111-111111111111';
const NEXT = '22222222-2222-4222-8222-222222222222';
const GONE = '33333333-3333-4333-8333-333333333333';

const OUTPUT = {
  type: 'object',
  properties: { total: { type: 'number' }, text: { type: 'string' }, kind: { enum: ['a', 'b'] } },
  required: ['total'],
};
const INPUT = {
  type: 'object',
  properties: {
    summary: { type: 'string' },
    count: { type: 'integer', minimum: 1 },
    kind: { enum: ['a', 'b'] },
    $password: { type: 'string', minLength: 8 },
  },
  required: ['summary', '$password'],
  additionalProperties: false,
};
const PORTAL = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:portal-AbCdEf';
const SENSITIVE = `sensitive_input_values: { password: secret('${PORTAL}') }`;

const SETTINGS = {
  workflowIds: { next: NEXT, invoice: INVOICE },
  destinations: { persist: { handler: 'persist.ts' } },
  sensitiveSecretArns: [PORTAL],
};

describe('rules check', () => {
  const here = useStage();

  async function prepare(rules: string, input: unknown = INPUT) {
    const api = await startCyberdeskApi({ strictWorkflows: true });
    onTestFinished(() => api.close());
    await setApiKey(here.stage, 'cd_key');
    api.seedWorkflow({ id: INVOICE, output_schema: JSON.stringify(OUTPUT) });
    api.seedWorkflow({ id: NEXT, input_schema: JSON.stringify(input) });
    const folder = ownFolder({
      'follow-ups.ts': rulesFile(rules, "{ workflows: { next: 'required', invoice: 'required' } }"),
      'stages.ts': `export const stages = { dev: ${JSON.stringify(SETTINGS)} };`,
    });
    const bundle = await bundleOf(folder.path('follow-ups.ts'));
    const stage = {
      ...here.stage,
      processor: { bundle, environment: processorVariables() },
      outputs: { ...here.stage.outputs, cyberdeskApiUrl: api.url },
    };
    const check = (...more: string[]) =>
      run(['rules', 'check', '--rules', folder.path('follow-ups.ts'), ...more], {
        connect: async () => stage,
      });
    return { api, folder, check };
  }

  const start = (inputs: string, more = SENSITIVE) => `{
    name: 'start',
    workflow: 'invoice',
    actions: ({ run, workflowIds }) =>
      startRun({ workflow_id: workflowIds.next, input_values: { ${inputs} }, ${more} }),
  }`;

  it('inputs that fit the schema end with exit code 0; secrets are taken to fit', async () => {
    const { check } = await prepare(start('summary: run.output_data.text, kind: run.output_data.kind'));
    const { code, out } = await check();
    expect([code, out]).toEqual([0, expect.stringMatching(/^1 sample, 1 body compared .*: all fit\n$/)]);
  });

  it('rules that a compiler has made CommonJS are checked as any', async () => {
    const { folder, check } = await prepare(start('count: 0'));
    const compiled = commonJsRulesFile(
      start('count: 0'),
      "{ workflows: { next: 'required', invoice: 'required' } }",
    );
    writeFileSync(folder.path('follow-ups.js'), compiled);
    const { code, out } = await check('--rules', folder.path('follow-ups.js'));
    expect([code, out]).toEqual([1, expect.stringMatching(/workflow next: count must be >= 1/)]);
  });

  it.each([
    [
      'a value of another type',
      'summary: run.output_data.total',
      /workflow next: summary must be string {2}\(an example of invoice's/,
    ],
    ['a missing input', '', /workflow next: summary is missing/],
    ['an unknown input', "summary: '', more: 1", /workflow next: more is not in the schema/],
    [
      'a value outside a list',
      "summary: '', kind: 'c'",
      /kind must be equal to one of the allowed values: \["a","b"\]/,
    ],
    ['a number out of bounds', "summary: '', count: 0", /count must be >= 1/],
  ])('%s is reported by rule, workflow, input and what is expected', async (_, inputs, line) => {
    const { check } = await prepare(start(inputs));
    const { code, out } = await check();
    expect([code, out]).toEqual([1, expect.stringMatching(line)]);
    expect(out).toMatch(/^rule start, /);
  });

  it('workflows, destinations and secrets that the stage does not have are reported without any sample', async () => {
    const { check } = await prepare(`
      { name: 'keep', status: 'error', actions: ({ run }) => [notify(run.id), deliver('persists')] },
      { name: 'start', workflow: 'invoice', status: 'error', actions: ({ workflowIds }) =>
        startRun({ workflow_id: workflowIds.next, sensitive_input_values: { password: secret('portal') } }) },
      { name: 'no-run', workflow: 'text', actions: () => [] }`);
    const { code, out } = await check();
    expect(code).toBe(1);
    expect(out).toMatch(
      /^rule keep: delivers to "persists", which stage "dev" does not have; did you mean "persist"\?\nrule start: asks for the secret "portal", which is not a complete ARN.*\nrule no-run: has the workflow "text", .*; did you mean "next"\?\n/,
    );
  });

  it('a missing sensitive input is reported under its name with a dollar sign', async () => {
    const { check } = await prepare(start("summary: ''", ''));
    expect((await check()).out).toMatch(/workflow next: \$password is missing/);
  });

  it('each step of a chain is checked, except where it takes the output of an earlier one', async () => {
    const { check } = await prepare(`{
      name: 'chain',
      workflow: 'invoice',
      actions: ({ workflowIds: { next: workflow_id } }) => startChain({
        shared_sensitive_inputs: { password: secret('${PORTAL}') },
        steps: [
          { workflow_id, session_alias: 'a', inputs: { summary: 1 } },
          { workflow_id, inputs: { summary: { $ref: 'a.outputs.text' }, count: 'many' } },
        ],
      }),
    }`);

    const { json } = await check('--json');

    const { problems, bodies } = json() as { problems: { path: string }[]; bodies: number };
    expect(bodies).toBe(2);
    expect(problems.map(({ path }) => path)).toEqual(['/summary', '/count']);
  });

  it('a retry with inputs of its own is checked, and keeps its secrets', async () => {
    const { check, folder } = await prepare(`{
      name: 'again', workflow: 'next', status: 'error',
      actions: () => retryRun({ max: 2, input_values: { summary: 2 } }),
    }`);
    mkdirSync(folder.path('samples'));
    const failed = { id: GONE, workflow_id: NEXT, status: 'error' };
    writeFileSync(join(folder.path('samples'), 'failed.json'), JSON.stringify(failed));

    const { json } = await check('--json', '--samples', folder.path('samples'));

    expect(json()).toMatchObject({
      problems: [{ rule: 'again', workflow: 'next', path: '/summary', sample: 'failed.json', samples: 1 }],
    });
  });

  it('saved events of the stage are samples, and nothing of them is printed', async () => {
    await here.service.deliver({ run: { workflow_id: INVOICE, output_data: { total: 'PAYLOAD-VALUE' } } });
    const { check } = await prepare(start("summary: '', count: run.output_data.total"));

    const { code, out } = await check();

    expect(code).toBe(1);
    expect(out).toMatch(/count must be integer {2}\(event /);
    expect(out).not.toContain('PAYLOAD-VALUE');
  });

  it('a rule that throws for a sample is a problem of that rule', async () => {
    const { check } = await prepare(start('summary: run.output_data.missing.text'));
    expect((await check()).out).toMatch(/^rule start: fails \(rule_threw\)/);
  });

  it('a workflow that a rule names by its id and that is gone is reported with the rule', async () => {
    const { check } = await prepare(
      `{ name: 'a', workflow: 'invoice', actions: () => startRun({ workflow_id: '${GONE}' }) }`,
    );
    expect((await check()).out).toContain(
      `rule a, workflow ${GONE}: is a workflow that Cyberdesk does not have`,
    );
  });

  it.each([
    ['no JSON', 'x', /a.json is not a JSON object/],
    ['neither a webhook nor a run', '{"a":1}', /a.json is neither a webhook nor a run: give the body of/],
  ])('a sample that is %s is reported in one line', async (_, text, line) => {
    const { check, folder } = await prepare(start("summary: ''"));
    writeFileSync(folder.path('a.json'), text);
    const { code, err } = await check('--samples', folder.path('.'));
    expect([code, err]).toEqual([2, expect.stringMatching(line)]);
  });

  it('rules check understands tuples of the newest draft', async () => {
    const { check } = await prepare(start("summary: '', list: [1, 'x']"), {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      properties: { list: { prefixItems: [{ type: 'string' }] } },
    });
    expect((await check()).out).toMatch(/list\.0 must be string/);
  });
});
