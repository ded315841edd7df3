import { join } from 'node:path';
import { expect, it } from 'vitest';
import { notify, startRun } from '../../../lambda/rules/index.ts';
import { finishedRun, planFor } from '../../../lambda/testing/index.ts';
import { generate } from '../../../ops/types/generate.ts';
import rules from './typed/follow-ups.ts';

const WORKFLOWS = [
  {
    name: 'archive',
    id: 'a',
    input: { type: 'object', properties: { number: { type: 'string' } }, required: ['number'] },
    output: undefined,
  },
  {
    name: 'invoice',
    id: 'i',
    input: undefined,
    output: {
      type: 'object',
      properties: {
        number: { type: 'string', description: 'As printed on the invoice' },
        total: { type: 'number' },
      },
      required: ['number', 'total'],
    },
  },
];

it('the generated file of the documentation is what types writes', async () => {
  const file = join(import.meta.dirname, 'typed/cyberdesk.generated.ts');
  const text = await generate(WORKFLOWS, '../../../../lambda/rules/index.ts');
  await expect(text).toMatchFileSnapshot(file);
});

it('the rules of the documentation work with the generated types', () => {
  const workflowIds = { invoice: 'i', archive: 'a' };
  const plan = (output_data: { number: string; total: number } | null) =>
    planFor(rules, finishedRun({ workflow_id: 'i', output_data }), { workflowIds });

  expect(plan({ number: '17', total: 3 })).toEqual({
    'archive-invoice': [startRun({ workflow_id: 'a', input_values: { number: '17' } })],
  });
  expect(plan(null)).toEqual({ 'archive-invoice': [notify('An invoice run has no output')] });
});
