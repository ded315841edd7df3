import { followUps, notify, startRun } from '../../../../lambda/rules/index.ts';
import { schemas } from './cyberdesk.generated.ts';

export default followUps(
  { workflows: { invoice: 'required', archive: 'required' }, schemas },
  {
    name: 'archive-invoice',
    workflow: 'invoice',
    status: 'success',
    actions: ({ run, workflowIds }) => {
      const { output_data: invoice } = run;
      if (!invoice) return notify('An invoice run has no output');
      return startRun({ workflow_id: workflowIds.archive, input_values: { number: invoice.number } });
    },
  },
);
