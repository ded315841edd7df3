import { type FinishedRun, notify, startRun } from 'cyberdesk-webhooks/rules';
import { finishedRun, planFor } from 'cyberdesk-webhooks/testing';
import { expect, it } from 'vitest';
import rules from './follow-ups.ts';

const workflowIds = {
  readInvoice: '11111111-1111-4111-8111-111111111111',
  bookInvoice: '22222222-2222-4222-8222-222222222222',
};

const planAfter = (run: Partial<FinishedRun>) =>
  planFor(rules, finishedRun({ workflow_id: workflowIds.readInvoice, ...run }), { workflowIds });

it('an invoice that was read is booked', () => {
  expect(planAfter({ output_data: { number: 'R-17', total: 119.5, pages: 2 } })).toEqual({
    'book-invoice': [
      startRun({ workflow_id: workflowIds.bookInvoice, input_values: { number: 'R-17', total: 119.5 } }),
    ],
  });
});

it('an invoice without a total is left to people', () => {
  expect(planAfter({ output_data: { number: 'R-17' } })).toEqual({
    'book-invoice': [notify('An invoice has no number or total')],
  });
});

it.each<[string, Partial<FinishedRun>]>([
  ['after a failed check', { post_run_checks: [{ status: 'failed' }] }],
  ['after an error', { status: 'error' }],
  ['after the booking itself', { workflow_id: workflowIds.bookInvoice }],
])('nothing is booked %s', (_, run) => {
  expect(planAfter(run)).toEqual({});
});
