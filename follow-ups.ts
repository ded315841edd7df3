import { followUps, notify, startRun } from './lambda/rules/index.ts';

/**
 * What happens when a run has ended, or machines are down. This file is yours to edit.
 *
 * Each rule is pure: it receives the finished run (or the webhook) and the stage's workflow ids, and returns actions.
 * These are carried out exactly once per completed run, no matter how often the webhook is delivered.
 */
export default followUps(
  // The workflows of `stages.ts` that the rules name; synthesis fails for a stage that lacks a `required` one.
  { workflows: { next: 'optional' } },
  // Quickstart, example A: after a successful run, the next workflow starts. The next workflow's own success starts
  // nothing; otherwise it would start itself forever.
  {
    name: 'start-next-workflow',
    status: 'success',
    exceptWorkflow: 'next',
    actions: ({ run, workflowIds }) => {
      if (workflowIds.next === undefined) return [];
      return startRun({
        workflow_id: workflowIds.next,
        input_values: { summary: run.output_data?.summary },
      });
    },
  },
  // Quickstart, example B: other systems store or process every completed run, and these cost nothing until you want them
  // (import `publish` or `deliver` above). `publish` sends ids to a topic; `deliver` hands the payload to a handler of yours
  // (docs/own-code.md).
  // { name: 'publish-completion', actions: () => publish() },
  // { name: 'persist-run', actions: () => deliver('persist') },
  {
    name: 'notify-failure',
    status: ['error', 'task_failed'],
    actions: ({ run }) =>
      notify(run.status === 'error' ? 'A Cyberdesk run ended in error' : 'A Cyberdesk task failed'),
  },
  {
    name: 'notify-downed-machines',
    event: 'downed_machines',
    actions: () => notify('Cyberdesk machines are down'),
  },
);
