import { followUps, notify, startRun } from 'cyberdesk-webhooks/rules';

export default followUps(
  { workflows: { readInvoice: 'required', bookInvoice: 'required' } },
  {
    name: 'book-invoice',
    workflow: 'readInvoice',
    status: 'success',
    failedChecks: false,
    actions: ({ run, workflowIds }) => {
      const { number, total } = run.output_data ?? {};
      if (number === undefined || total === undefined) return notify('An invoice has no number or total');
      return startRun({ workflow_id: workflowIds.bookInvoice, input_values: { number, total } });
    },
  },
);
