import { followUps, startRun } from 'cyberdesk-webhooks/rules';

export default followUps(
  { workflows: { next: 'required' } },
  {
    name: 'start-next',
    status: 'success',
    exceptWorkflow: 'next',
    actions: ({ run, workflowIds }) =>
      startRun({ workflow_id: workflowIds.next, input_values: { from: run.id } }),
  },
);
