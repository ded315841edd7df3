import { expect, it } from 'vitest';
import { notify, secret, startRun } from '../../lambda/rules/index.ts';
import { downedMachines, finishedRun, planFor } from '../../lambda/testing/index.ts';
import rules from './follow-ups.ts';
import { stages } from './stages.ts';

const workflowIds = stages.live?.workflowIds ?? {};

it('a run that has read an invoice is followed by one that books its lines', () => {
  const run = finishedRun({ workflow_id: workflowIds.readInvoice ?? '', output_data: { lines: [1, 2] } });

  expect(planFor(rules, run, { stage: 'live', workflowIds })).toMatchObject({
    book: [
      {
        kind: 'startRun',
        body: {
          workflow_id: workflowIds.bookInvoice,
          input_values: { lines: [1, 2] },
          sensitive_input_values: { login: { password: secret(expect.any(String), 'password') } },
        },
      },
    ],
  });
});

it('a run that has failed is left to a person after two retries', () => {
  const run = finishedRun({ status: 'error' });

  expect(planFor(rules, run, { stage: 'live', workflowIds, retries: 2 })).toEqual({
    'once-more': [notify('An invoice needs a person')],
  });
});

it('people are notified of machines that are down', () => {
  expect(planFor(rules, downedMachines(), { stage: 'live', workflowIds })).toEqual({
    desks: [notify('1 machines are down')],
  });
});

it('a new version of the first workflow is tried', () => {
  const published = (workflow: unknown) =>
    planFor(rules, { event_type: 'workflow_published', workflow }, { stage: 'live', workflowIds });

  expect(published({ id: workflowIds.readInvoice })).toEqual({
    'read-again': [startRun({ workflow_id: workflowIds.readInvoice ?? '' })],
  });
  expect(published({ id: 'another' })).toEqual({ 'read-again': [] });
  expect(published(null)).toEqual({});
});
