import { followUps, notify, publish, startRun } from './lambda/rules/index.ts';

/**
 * What happens when a run has ended: the one file to edit.
 *
 * Each rule is pure: it gets the finished run and the stage's workflow ids, and returns what is to be done. It is
 * carried out exactly once per completed run, however often the webhook comes.
 */
export default followUps(
  // Quickstart, example A: a run that succeeded is followed by the next workflow. The next workflow's own
  // success is followed by nothing, or the two would go on for ever.
  {
    name: 'start-next-workflow',
    status: 'success',
    exceptWorkflow: (ids) => ids.next,
    actions: ({ run, workflowIds }) => {
      if (workflowIds.next === undefined) return [];
      return startRun({
        workflow_id: workflowIds.next,
        input_values: { summary: run.output_data?.summary },
      });
    },
  },
  // Quickstart, example B: every ending is handed to other systems, which store it or work on it.
  {
    name: 'publish-completion',
    actions: () => publish(),
  },
  {
    name: 'notify-failure',
    status: ['error', 'task_failed'],
    actions: ({ run }) =>
      notify(run.status === 'error' ? 'A Cyberdesk run ended in error' : 'A Cyberdesk task failed'),
  },
);
