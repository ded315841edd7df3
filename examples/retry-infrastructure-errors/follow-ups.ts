import { type FinishedRun, failedChecks, followUps, notify, retryRun } from 'cyberdesk-webhooks/rules';

/** Whether the run failed because of machines or services, and not because of what it was to do. */
const isInfrastructure = (run: FinishedRun): boolean =>
  run.usage_metadata?.billing_outcome === 'infra_failure' ||
  failedChecks(run).some((check) => check.status === 'infra_error');

export default followUps(
  {
    name: 'retry-infrastructure-errors',
    status: 'error',
    actions: ({ run }) =>
      isInfrastructure(run)
        ? retryRun({ max: 3, otherwise: notify('A Cyberdesk run failed four times') })
        : notify('A Cyberdesk run ended in error'),
  },
  {
    name: 'notify-task-failed',
    status: 'task_failed',
    actions: () => notify('A Cyberdesk task failed'),
  },
);
