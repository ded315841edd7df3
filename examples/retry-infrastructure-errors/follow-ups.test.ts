import { type FinishedRun, notify, type retryRun } from 'cyberdesk-webhooks/rules';
import { finishedRun, planFor } from 'cyberdesk-webhooks/testing';
import { expect, it } from 'vitest';
import rules from './follow-ups.ts';

const planAfter = (run: Partial<FinishedRun>, retries = 0) => planFor(rules, finishedRun(run), { retries });

it.each<[string, Partial<FinishedRun>]>([
  ['that was not billed', { usage_metadata: { billing_outcome: 'infra_failure' } }],
  ['with a check that could not run', { post_run_checks: [{ status: 'infra_error' }] }],
])('an error %s is retried', (_, run) => {
  const [action] = planAfter({ status: 'error', ...run })['retry-infrastructure-errors'] ?? [];

  expect(action).toMatchObject({ kind: 'retryRun', max: 3 } satisfies Partial<ReturnType<typeof retryRun>>);
});

it('people are notified after the third retry', () => {
  const run = { status: 'error', usage_metadata: { billing_outcome: 'infra_failure' } } as const;

  expect(planAfter(run, 3)).toEqual({
    'retry-infrastructure-errors': [notify('A Cyberdesk run failed four times')],
  });
});

it.each<[string, Partial<FinishedRun>, Record<string, unknown>]>([
  [
    'another error',
    { status: 'error', usage_metadata: { billing_outcome: 'billed' } },
    { 'retry-infrastructure-errors': [notify('A Cyberdesk run ended in error')] },
  ],
  ['a failed task', { status: 'task_failed' }, { 'notify-task-failed': [notify('A Cyberdesk task failed')] }],
])('%s is not retried', (_, run, expected) => {
  expect(planAfter(run)).toEqual(expected);
});
