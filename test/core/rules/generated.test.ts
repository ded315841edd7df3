import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from './compile.ts';

/** As `npx --no cyberdesk-webhooks types` writes it. */
const GENERATED = `
import { type ExactNumber, schemasOf } from 'cyberdesk-webhooks/rules';
export type ReceiptInput = { till: string };
export type ReceiptOutput = { paid: string };
export type InvoiceInput = { number: string; copies?: number | ExactNumber; $password: string };
export type InvoiceOutput = { total: number | ExactNumber; lines?: { text: string }[] };
export const schemas = schemasOf<{
  invoice: { input: InvoiceInput; output: InvoiceOutput };
  receipt: { input: ReceiptInput; output: ReceiptOutput };
}>();
`;

const file = (
  rule: string,
  declaration = "{ workflows: { invoice: 'required', receipt: 'required', next: 'optional' }, schemas }",
) => `
import { followUps, notify, secret, startRun } from 'cyberdesk-webhooks/rules';
import { schemas } from './cyberdesk.generated.ts';
export declare const paper: 'invoice' | 'receipt';
export declare const mixed: 'invoice' | 'next';
export default followUps(${declaration}, ${rule}, { name: 'after', actions: ({ run }) => notify(run.status) });
`;

const start = (fields: string, more = '') => `{
  name: 'start',
  actions: ({ workflowIds }) => startRun({ workflow_id: workflowIds.invoice, ${fields} }${more}),
}`;
const SENSITIVE = "sensitive_input_values: { password: secret('s') }";

const GOOD = {
  'output of a workflow': `{
    name: 'sum',
    workflow: 'invoice',
    status: 'success',
    actions: ({ run, workflowIds, event, depth }) => {
      const total: unknown = run.output_data?.total;
      const texts: string[] = run.output_data?.lines?.map(({ text }) => text) ?? [];
      const number: string | undefined = event.run.input_values?.number;
      if (workflowIds.next === undefined || depth > 2) return [];
      return startRun({ workflow_id: workflowIds.next, input_values: { texts, number, all: run.output_data } });
    },
  }`,
  'other workflows keep any output': `{
    name: 'other',
    workflow: 'next',
    actions: ({ run }) => { const any = run.output_data?.anything; return any ? notify() : []; },
  }`,
  'a function that picks the workflow': `{
    name: 'picked',
    workflow: (ids) => ids.next,
    actions: ({ run, workflowIds }) => {
      const id: string | undefined = workflowIds.next;
      const total: unknown = run.output_data?.total;
      return total ? notify(id) : [];
    },
  }`,
  'a function that picks no workflow': `{
    name: 'picked',
    workflow: () => undefined,
    actions: ({ run }) => run.output_data?.total ? notify() : [],
  }`,
  'a function that picks a workflow whose types are known': `{
    name: 'picked',
    status: 'success',
    exceptWorkflow: (ids) => ids.next,
    workflow: (ids) => ids.invoice,
    actions: ({ run }) => notify(run.status),
  }`,
  'a variable that names one of two workflows': `{
    name: 'either',
    workflow: paper,
    actions: ({ run, event }) => {
      const output = run.output_data;
      if (output && 'paid' in output) return notify(output.paid);
      const total: unknown = output?.total;
      const inputs = event.run.input_values;
      const till: string | undefined = inputs && 'till' in inputs ? inputs.till : inputs?.number;
      return total ? notify(till) : [];
    },
  }`,
  'a variable that names a workflow with types or one without': `{
    name: 'either',
    workflow: mixed,
    actions: ({ run }) => {
      const total: unknown = run.output_data?.total;
      return total ? notify(run.status) : [];
    },
  }`,
  'a workflow by its id': `{
    name: 'by-id',
    workflow: '00000000-0000-4000-8000-000000000000',
    actions: ({ run }) => run.output_data?.total ? notify() : [],
  }`,
  'inputs that fit': start(`input_values: { number: '1', copies: undefined }, ${SENSITIVE}`),
  'an id that is written out': `{
    name: 'written',
    actions: () => startRun({ workflow_id: '00000000-0000-4000-8000-000000000000', input_values: { a: 1 } }),
  }`,
  'an input that correlate fills in': start(`input_values: {}, ${SENSITIVE}`, ", { correlate: 'number' }"),
};

const BAD = {
  'a misspelt output': [
    "{ name: 'a', workflow: 'invoice', actions: ({ run }) => notify(run.output_data?.totals ? 'a' : 'b') }",
    /'totals' does not exist/,
  ],
  'an output that only one of two workflows has': [
    "{ name: 'a', workflow: paper, actions: ({ run }) => notify(run.output_data?.paid) }",
    /'paid' does not exist/,
  ],
  'a variable that names an unknown workflow': [
    "{ name: 'a', workflow: paper as 'invoice' | 'invoices', actions: () => [] }",
    /"invoices"/,
  ],
  'a number of which the digits may count': [
    `{
      name: 'a',
      workflow: 'invoice',
      actions: ({ run }) => { const total: number | undefined = run.output_data?.total; return total ? notify() : []; },
    }`,
    /'ExactNumber' is not assignable to type 'number'/,
  ],
  'a missing input': [start(`input_values: { copies: 1 }, ${SENSITIVE}`), /'number' is missing/],
  'no inputs at all': [start(SENSITIVE), /'input_values' is missing/],
  'a missing sensitive input': [
    start("input_values: { number: '1' }"),
    /'sensitive_input_values' is missing/,
  ],
  'an input of another type': [
    start(`input_values: { number: 1 }, ${SENSITIVE}`),
    /'number' is not assignable to type 'string'/,
  ],
  'a misspelt input': [
    start(`input_values: { number: '1', copied: 1 }, ${SENSITIVE}`),
    /'copied' does not exist/,
  ],
  'a secret among the inputs': [
    start(`input_values: { number: secret('s') }, ${SENSITIVE}`),
    /not assignable to type 'string'/,
  ],
  'a misspelt id in a function': [
    "{ name: 'a', workflow: (ids) => ids.invoices, actions: ({ run }) => notify(run.status) }",
    /'invoices' does not exist/,
  ],
  'a function that picks no id': [
    "{ name: 'a', workflow: (ids) => Object.keys(ids), actions: () => [] }",
    /'string\[\]' is not assignable to type 'string'/,
  ],
  'a misspelt workflow': ["{ name: 'a', workflow: 'invoices', actions: () => [] }", /"invoices"/],
} as const;

describe('a follow-ups file with generated types', () => {
  let found: Record<string, string[]> = {};
  beforeAll(() => {
    const rules = [...Object.values(GOOD), ...Object.values(BAD).map(([rule]) => rule)];
    const untyped = file(
      "{ name: 'a', workflow: 'invoice', actions: ({ run, workflowIds }) => run.output_data?.totals ? startRun({ workflow_id: workflowIds.invoice }) : [] }",
      "{ workflows: { invoice: 'required' } }",
    );
    found = compile({
      'cyberdesk.generated.ts': GENERATED,
      'untyped.ts': untyped,
      ...Object.fromEntries(rules.map((rule, index) => [`rule-${index}.ts`, file(rule)])),
    });
  });

  it('the generated file compiles', () => {
    expect(found['cyberdesk.generated.ts']).toEqual([]);
  });

  it('a follow-ups file without the schemas compiles as before', () => {
    expect(found['untyped.ts']).toEqual([]);
  });

  it.each(Object.keys(GOOD).map((what, index) => [what, index] as const))(
    'the compiler accepts %s',
    (_, index) => {
      expect(found[`rule-${index}.ts`]).toEqual([]);
    },
  );

  it.each(
    Object.entries(BAD).map(
      ([what, [, error]], index) => [what, index + Object.keys(GOOD).length, error] as const,
    ),
  )('%s does not compile', (_, index, error) => {
    expect(found[`rule-${index}.ts`]?.join('\n')).toMatch(error);
  });
});
