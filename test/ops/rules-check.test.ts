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
const OTHER = '44444444-4444-4444-8444-444444444444';
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
    api.seedWorkflow({ id: NEXT, input_schema: typeof input === 'string' ? input : JSON.stringify(input) });
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

  it('rules that a compiler has made CommonJS are checked like any others', async () => {
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

  it('a rule that throws hides nothing of the others', async () => {
    const { check } = await prepare(
      `{ name: 'bad', actions: () => { throw new Error(); } }, ${start('summary: run.output_data.total')}`,
    );
    expect((await check()).out).toMatch(
      /^rule bad: fails \(rule_threw\).*\nrule start, workflow next: summary must be string/,
    );
  });

  it('a workflow that a rule names by its id and that is gone is reported with the rule', async () => {
    const { check } = await prepare(
      `{ name: 'a', workflow: 'invoice', actions: () => startRun({ workflow_id: '${GONE}' }) }`,
    );
    expect((await check()).out).toContain(
      `rule a, workflow ${GONE}: is a workflow that Cyberdesk does not have`,
    );
  });

  it('an id that is not a UUID is reported like that of a workflow that is gone, and the others are checked', async () => {
    const { check } = await prepare(
      `{ name: 'go', workflow: 'invoice', actions: () => startRun({ workflow_id: 'gone-workflow' }) },
       ${start('summary: run.output_data.total')}`,
    );

    const { code, out } = await check();

    expect(code).toBe(1);
    expect(out).toMatch(/^rule go, workflow gone-workflow: is a workflow that Cyberdesk does not have/);
    expect(out).toMatch(/\nrule start, workflow next: summary must be string/);
  });

  it('a workflow of the stage settings that is gone is reported, and the others are checked', async () => {
    const { api, check } = await prepare(`${start('summary: 1')}, {
      name: 'after', workflow: 'next', status: 'error',
      actions: ({ workflowIds }) => startRun({ workflow_id: workflowIds.invoice }) }`);
    await here.service.deliver({ run: { workflow_id: INVOICE } });
    await here.service.deliver({ run: { workflow_id: NEXT, status: 'error' } });
    api.store.workflows.delete(INVOICE);

    const { code, out } = await check();

    expect(code).toBe(1);
    expect(out).toMatch(/^workflow invoice: is a workflow that Cyberdesk does not have\n/);
    expect(out).toMatch(/\nrule after, workflow invoice: is a workflow that Cyberdesk does not have/);
    expect(out).toMatch(/\nrule start, workflow next: summary must be string/);
  });

  it.each([
    ['what is not JSON', 'type: object', 'it is not a JSON object'],
    ['a reference to itself', { $ref: '#' }, '# refers to itself endlessly'],
    [
      'a text as a bound',
      { properties: { n: { type: 'integer', minimum: 'a' } } },
      '#/properties/n/minimum must be number',
    ],
    [
      'a pattern that does not end',
      { properties: { n: { pattern: '(' } } },
      'Invalid regular expression: /(/: Unterminated group',
    ],
  ])(
    'an input schema with %s is reported with the reason, and the others are checked',
    async (_, input, why) => {
      const { api, check } = await prepare(
        `{ name: 'first', workflow: 'invoice', actions: () => startRun({ workflow_id: '${OTHER}' }) },
       ${start('summary: run.output_data.text')}`,
        input,
      );
      api.seedWorkflow({ id: OTHER, input_schema: '{"required":["n"]}' });

      const { code, out } = await check();

      expect(code).toBe(1);
      expect(out).toContain(`workflow next: has an input schema that is not valid (${why})\n`);
      expect(out).toContain(`rule first, workflow ${OTHER}: n is missing`);
      expect(out).toContain('1 sample, 1 body compared');
    },
  );

  it('an output schema that cannot be used is reported with its workflow, and leaves the others', async () => {
    const { api, check } = await prepare(start("summary: ''"));
    api.seedWorkflow({ id: NEXT, output_schema: '{"type":"text"}', input_schema: JSON.stringify(INPUT) });
    expect(await check()).toMatchObject({
      code: 1,
      out: expect.stringMatching(
        /^workflow next: has an output schema that is not valid \(#\/type is no type\)\n\n1 sample, 1 body/,
      ),
    });
  });

  it('an output schema that contains itself has samples', async () => {
    const { api, check } = await prepare(start('summary: run.output_data.tree.leaf'));
    const tree = {
      oneOf: [
        { type: 'object', required: ['left'], properties: { left: { $ref: '#/$defs/Tree' } } },
        { type: 'object', required: ['leaf'], properties: { leaf: { type: 'string' } } },
      ],
    };
    const output = {
      required: ['tree'],
      properties: { tree: { $ref: '#/$defs/Tree' } },
      $defs: { Tree: tree },
    };
    api.seedWorkflow({ id: INVOICE, output_schema: JSON.stringify(output) });
    expect((await check()).out).toMatch(/summary is missing {2}\(an example of invoice's output schema\)/);
  });

  it.each([
    [
      'a pattern with escapes that JavaScript does not have',
      { pattern: '^\\A\\d{3}\\-(?P<end>\\d{4})\\Z' },
      "'123-4567'",
      "'1'",
    ],
    ["a pattern that begins with Python's flag for any case", { pattern: '(?i)^abc$' }, "'ABC'", "'ABD'"],
    ["OpenAPI's word nullable", { nullable: true, minimum: 3 }, '3', '1'],
    [
      'bounds of draft 4',
      { minimum: 1, exclusiveMinimum: true, maximum: 3, exclusiveMaximum: false },
      '3',
      '1',
    ],
    ['an id of draft 4', { id: 'https://example.com/n', type: 'integer' }, '1', "'1'"],
    ['an id for each part', { $id: '#/properties/n', type: 'integer' }, '1', "'1'"],
    ['a percent-encoded pointer', { $ref: '#/definitions/My%20Type' }, '1', "'1'"],
    ['an anchor', { $ref: '#count' }, '1', "'1'"],
    ['an anchor of an earlier draft', { $ref: '#old' }, '1', "'1'"],
    ['an anchor of draft 4', { $ref: '#oldest' }, '1', "'1'"],
  ])('an input schema with %s is compared', async (_, n, fits, misfits) => {
    const schema = {
      $schema: 'http://json-schema.org/draft-04/schema#',
      id: 'https://example.com/root',
      properties: { n, summary: { type: 'string' }, id: { type: 'string' } },
      definitions: {
        'My Type': { type: 'integer' },
        a: { $anchor: 'count', type: 'integer' },
        b: { $id: '#old', type: 'integer' },
        c: { id: '#oldest', type: 'integer' },
      },
    };
    const good = await prepare(start(`id: 'a', n: ${fits}`), schema);
    expect(await good.check()).toMatchObject({ code: 0 });
    const bad = await prepare(start(`n: ${misfits}`), schema);
    expect((await bad.check()).out).toMatch(/workflow next: n must /);
  });

  it('rules check understands tuples of the draft in between', async () => {
    const { check } = await prepare(start("summary: '', list: [1, 'x']"), {
      $schema: 'https://json-schema.org/draft/2019-09/schema',
      properties: { list: { items: [{ type: 'string' }] } },
    });
    expect((await check()).out).toMatch(/list\.0 must be string/);
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
