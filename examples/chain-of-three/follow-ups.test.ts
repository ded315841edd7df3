import { notify } from 'cyberdesk-webhooks/rules';
import { finishedRun, planFor } from 'cyberdesk-webhooks/testing';
import { expect, it } from 'vitest';
import rules from './follow-ups.ts';

const workflowIds = { checkIn: 'check-in', register: 'register', bill: 'bill', file: 'file' };

const planAfter = (output_data: { patient_name?: string }) =>
  planFor(rules, finishedRun({ workflow_id: 'check-in', output_data }), { workflowIds });

it('a check-in starts the three steps in order, once', () => {
  const { 'register-bill-and-file': [chain, ...more] = [] } = planAfter({ patient_name: 'Ada' });

  if (chain?.kind !== 'startChain') throw new Error(`expected a chain, not ${chain?.kind}`);
  expect(more).toEqual([]);
  expect(chain.body.shared_inputs).toEqual({ patient_name: 'Ada' });
  expect(chain.body.steps.map((step) => step.workflow_id)).toEqual(['register', 'bill', 'file']);
});

it('a step refers only to outputs of steps before it', () => {
  const [chain] = planAfter({ patient_name: 'Ada' })['register-bill-and-file'] ?? [];
  const steps = chain?.kind === 'startChain' ? chain.body.steps : [];

  const missing = steps.flatMap(({ inputs }, position) => {
    const before = steps.slice(0, position).map((step) => step.session_alias);
    const references = JSON.stringify(inputs ?? {}).matchAll(/"\$ref":"(\w+)\./g);
    return [...references].flatMap(([, alias]) => (before.includes(alias) ? [] : [alias]));
  });
  expect(steps).toHaveLength(3);
  expect(missing).toEqual([]);
});

it('a check-in without a patient is left to people', () => {
  expect(planAfter({})).toEqual({ 'register-bill-and-file': [notify('A check-in has no patient')] });
});
