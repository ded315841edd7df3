import { followUps, publish, startRun } from '../lambda/rules/index.ts';

/** One follow-up and one publication for each event: what the shipped rules do, and the one that they have as a comment. */
export default followUps(
  { workflows: { next: 'optional' } },
  {
    name: 'start-next-workflow',
    status: 'success',
    exceptWorkflow: 'next',
    actions: ({ run, workflowIds: { next } }) =>
      next === undefined
        ? []
        : startRun({ workflow_id: next, input_values: { summary: run.output_data?.summary } }),
  },
  { name: 'publish-completion', actions: () => publish() },
);
