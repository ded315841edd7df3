import { writeFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type CyberdeskApi, startCyberdeskApi } from '../../local/cyberdesk-api/server.ts';
import { LoopbackServer } from '../../ops/http/index.ts';
import { setApiKey } from '../../ops/secrets/set.ts';
import { compile } from '../core/rules/compile.ts';
import { run } from './support/command.ts';
import { ownFolder } from './support/own-folder.ts';
import { useStage } from './support/use-stage.ts';

const INVOICE = '11111111-1111-4111-8111-111111111111';
const NEXT = '22222222-2222-4222-8222-222222222222';
const STAGES = `export const stages = { dev: { workflowIds: { next: '${NEXT}', invoice: '${INVOICE}' } } };`;

const OUTPUT = {
  title: 'Something else',
  type: 'object',
  properties: {
    total: { type: 'number', description: 'Ends a comment */ here' },
    account: { type: ['integer', 'null'] },
    lines: { type: 'array', items: { $ref: '#/definitions/Line' } },
    'odd name': { enum: ['a', 1, null] },
    any: {},
  },
  required: ['total'],
  definitions: { Line: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] } },
};

const TEXT = { type: 'string' };

/** A server that must not be asked. */
async function elsewhere() {
  const asked: string[] = [];
  const server = new LoopbackServer(async (request, response) => {
    asked.push(request.url ?? '');
    response.end('{"type":"string"}');
  });
  onTestFinished(() => server.close());
  return { url: `${await server.listen(0)}/schema.json`, asked };
}

describe('types', () => {
  const here = useStage();
  let api: CyberdeskApi;

  const prepare = async (output: unknown = OUTPUT, input: unknown = undefined) => {
    api = await startCyberdeskApi({ strictWorkflows: true });
    onTestFinished(() => api.close());
    await setApiKey(here.stage, 'cd_key');
    const text = (schema: unknown) =>
      schema === undefined || typeof schema === 'string'
        ? ((schema as string) ?? null)
        : JSON.stringify(schema);
    api.seedWorkflow({ id: INVOICE, output_schema: text(output), input_schema: text(input) });
    api.seedWorkflow({
      id: NEXT,
      input_schema: text({ type: 'object', properties: { n: { type: 'string' } } }),
    });
    const folder = ownFolder({ 'stages.ts': STAGES, 'package.json': '{ "type": "module" }' });
    const connect = async () => ({
      ...here.stage,
      outputs: { ...here.stage.outputs, cyberdeskApiUrl: api.url },
    });
    const types = (...more: string[]) =>
      run(['types', '--rules', folder.path('follow-ups.ts'), ...more], { connect });
    return { folder, types };
  };

  it('the file that types writes compiles, names no id, and is the same each time', async () => {
    const { folder, types } = await prepare();

    const { code, out } = await types();

    const text = folder.read('cyberdesk.generated.ts');
    await types();
    expect([code, out]).toEqual([0, expect.stringContaining('wrote the types of 2 workflows to ')]);
    expect(text).toBe(folder.read('cyberdesk.generated.ts'));
    expect(text).not.toMatch(/[0-9a-f]{8}-/);
    expect(text.indexOf('Workflow "invoice"')).toBeLessThan(text.indexOf('Workflow "next"'));
    const uses = `
      import type { Json, ExactNumber, JsonObject } from 'cyberdesk-webhooks/rules';
      import type { InvoiceOutput, NextInput, NextOutput } from './cyberdesk.generated.ts';
      export const fits: JsonObject = {} as InvoiceOutput;
      export const total: InvoiceOutput['total'] = 1;
      export const account: number | ExactNumber | null | undefined = ({} as InvoiceOutput).account;
      export const text: string | undefined = ({} as InvoiceOutput).lines?.[0]?.text;
      export const any: Json | undefined = ({} as InvoiceOutput).any;
      export const odd: 'a' | 1 | null | undefined = ({} as InvoiceOutput)['odd name'];
      export const n: NextInput = { n: 'a' };
      export const free: NextOutput = { whatever: [1] };
      // @ts-expect-error misspelt
      export const misspelt = ({} as InvoiceOutput).totals;
    `;
    expect(compile({ 'cyberdesk.generated.ts': text, 'uses.ts': uses })).toEqual({
      'cyberdesk.generated.ts': [],
      'uses.ts': [],
    });
  });

  it('a part with several types has each of them, and each with what the schema says of its values', async () => {
    const { folder, types } = await prepare({
      type: 'object',
      properties: {
        a: { type: ['object', 'null'], properties: { x: { type: 'string' } } },
        b: { type: ['array', 'null'], items: { type: 'string' } },
        c: {
          type: ['object', 'null'],
          anyOf: [{ properties: { y: { type: 'boolean' } } }, { type: 'null' }],
        },
        d: { type: ['string', 'object'], properties: { z: { type: 'string' } } },
        e: { type: ['string', 'null'], anyOf: [{ format: 'date' }, { format: 'time' }] },
        f: { type: ['array', 'string'], prefixItems: [{ type: 'boolean' }] },
      },
      required: ['a', 'b', 'c', 'd', 'e', 'f'],
      anyOf: [{ required: ['g'] }, { minProperties: 1 }],
    });

    await types();

    const uses = `
      import type { InvoiceOutput } from './cyberdesk.generated.ts';
      type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
      export const same: [
        Same<InvoiceOutput['a'], { x?: string } | null>,
        Same<InvoiceOutput['b'], string[] | null>,
        Same<InvoiceOutput['c'], { y?: boolean } | null>,
        Same<InvoiceOutput['d'], string | { z?: string }>,
        Same<InvoiceOutput['e'], string | null>,
        Same<InvoiceOutput['f'], boolean[] | string>,
      ] = [true, true, true, true, true, true];
      // @ts-expect-error it is not known to be an object
      export const x = ({} as InvoiceOutput).a.x;
      // @ts-expect-error misspelt
      export const misspelt = ({} as InvoiceOutput).aa;
    `;
    const text = folder.read('cyberdesk.generated.ts');
    expect(compile({ 'cyberdesk.generated.ts': text, 'uses.ts': uses })).toEqual({
      'cyberdesk.generated.ts': [],
      'uses.ts': [],
    });
  });

  it.each([
    ['a percent-encoded pointer', '#/definitions/My%20Type', { definitions: { 'My Type': TEXT } }],
    ['a pointer with an escaped slash', '#/$defs/a~1b', { $defs: { 'a/b': TEXT } }],
    ['a pointer to a property', '#/properties/b', { properties: { b: TEXT } }],
    [
      'a pointer to a definition in a definition',
      '#/$defs/A/$defs/B',
      { $defs: { A: { $defs: { B: TEXT } } } },
    ],
    ['an anchor', '#text', { $defs: { A: { $anchor: 'text', ...TEXT } } }],
    ['an anchor of an earlier draft', '#text', { definitions: { A: { $id: '#text', ...TEXT } } }],
  ])('%s is followed', async (_, $ref, more) => {
    const { properties, ...rest } = more as { properties?: object };
    const { folder, types } = await prepare({ properties: { a: { $ref }, ...properties }, ...rest });

    expect(await types()).toMatchObject({ code: 0 });

    const uses = `
      import type { InvoiceOutput } from './cyberdesk.generated.ts';
      export const text: string | undefined = ({} as InvoiceOutput).a;
      // @ts-expect-error it is a text
      export const number: InvoiceOutput['a'] = 1;
    `;
    const text = folder.read('cyberdesk.generated.ts');
    expect(compile({ 'cyberdesk.generated.ts': text, 'uses.ts': uses })['uses.ts']).toEqual([]);
  });

  it('the verb types --check says which workflows have changed, and writes nothing', async () => {
    const { folder, types } = await prepare();
    await types();
    const before = folder.read('cyberdesk.generated.ts');
    expect((await types('--check')).code).toBe(0);
    api.seedWorkflow({ id: NEXT, output_schema: '{"type":"object"}', input_schema: null });

    const { code, out } = await types('--check');

    expect(code).toBe(1);
    expect(out).toMatch(/^changed +next\n.*is not up to date\nnext: "npx --no cyberdesk-webhooks types /);
    expect(out).not.toContain('invoice');
    expect(folder.read('cyberdesk.generated.ts')).toBe(before);
  });

  it('a workflow that is not in the stage settings any more is removed, and a new one added', async () => {
    const { folder, types } = await prepare();
    await types();
    const old = folder.read('cyberdesk.generated.ts').replaceAll('"next"', '"other"');
    writeFileSync(folder.path('cyberdesk.generated.ts'), old);

    const { code, json } = await types('--check', '--json');

    expect(code).toBe(1);
    expect(json()).toMatchObject({
      up_to_date: false,
      changes: [
        { workflow: 'next', change: 'added' },
        { workflow: 'other', change: 'removed' },
      ],
    });
  });

  it('a reference to elsewhere is refused, and nothing is asked there', async () => {
    const { url, asked } = await elsewhere();
    const { types } = await prepare({ type: 'object', properties: { a: { items: { $ref: url } } } });

    const { code, err } = await types();

    expect(code).toBe(2);
    expect(err).toMatch(/output schema of workflow "invoice" .*\/a\/items\/\$ref leads elsewhere.*dashboard/);
    expect(asked).toEqual([]);
  });

  it('a reference to elsewhere at a place that says nothing about types is not followed either', async () => {
    const { url, asked } = await elsewhere();
    const { types } = await prepare({ type: 'object', examples: [{ $ref: url }], 'x-own': { $ref: url } });

    expect((await types()).code).toBe(0);
    expect(asked).toEqual([]);
  });

  it.each([
    ['what is not JSON', 'type: object', /is not a valid JSON schema \(it is not a JSON object\)/],
    ['a list', [], /is not a valid JSON schema \(it is not a JSON object\)/],
    ['an unknown type', { properties: { a: { type: 'text' } } }, /\(#\/properties\/a\/type is no type\)/],
    ['a reference to nothing', { $ref: '#/definitions/A' }, /\(#\/\$ref leads nowhere\)/],
    ['a reference that is not encoded', { $ref: '#/definitions/%' }, /\(#\/\$ref leads nowhere\)/],
    ['a reference to what every object has', { $ref: '#/constructor' }, /\(#\/\$ref leads nowhere\)/],
    ['a reference to itself', { $ref: '#' }, /\(# refers to itself endlessly\)/],
    [
      'a reference that leads back to itself',
      { $ref: '#/$defs/A', $defs: { A: { anyOf: [TEXT, { $ref: '#/$defs/B' }] }, B: { $ref: '#/$defs/A' } } },
      /\(#\/\$defs\/A refers to itself endlessly\)/,
    ],
    [
      'a reference to elsewhere, behind one to what is no known part',
      { $ref: '#/x-own', 'x-own': { $ref: 'other.json' } },
      /\(#\/x-own\/\$ref leads elsewhere, and is not followed\)/,
    ],
    ['a part that is not a schema', { properties: { a: 'string' } }, /\(#\/properties\/a is no schema\)/],
  ])('%s as a schema is reported in one line with the remedy', async (_, schema, line) => {
    const { types } = await prepare(undefined, schema);

    const { code, err } = await types();

    expect(code).toBe(2);
    expect(err).toMatch(/the input schema of workflow "invoice"/);
    expect(err).toMatch(line);
    expect(err.trim().split('\n')).toHaveLength(1);
  });

  it('a schema cannot put code of its own into the file', async () => {
    const { folder, types } = await prepare({
      type: 'object',
      title: 'X {} ; evil()',
      properties: { a: { tsType: 'string; evil()' }, b: { tsEnumNames: ['evil()'], enum: ['c'] } },
      extends: ['evil'],
      description: '*/ evil() /*',
    });

    await types();

    const code = folder.read('cyberdesk.generated.ts').replaceAll(/\/\*[\s\S]*?\*\//g, '');
    expect(code).not.toContain('evil');
  });

  it.each([
    ['a workflow that is gone', NEXT],
    ['an id that is not a UUID', 'next-workflow'],
  ])('%s is reported in one line with its name and the remedy', async (_, id) => {
    const { folder, types } = await prepare();
    writeFileSync(folder.path('stages.ts'), STAGES.replace(NEXT, id));
    api.store.workflows.delete(NEXT);

    const { code, err } = await types();

    expect(code).toBe(2);
    expect(err).toMatch(new RegExp(`no workflow ${id}, .*"next": correct workflowIds.next`));
  });
});
