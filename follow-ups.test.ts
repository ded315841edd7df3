import { describe, expect, it } from 'vitest';
import followUps from './follow-ups.ts';
import { type FinishedRun, notify, publish, startRun } from './lambda/rules/index.ts';
import { matches } from './lambda/rules/rule.ts';

const NEXT = '11111111-1111-4111-8111-111111111111';

/** The actions that each matching rule asks for after a finished run, by the name of the rule. */
function actionsAfter(run: Partial<FinishedRun>, workflowIds: Record<string, string> = { next: NEXT }) {
  const finished = {
    event_id: 'event-1',
    run: { id: 'run-1', workflow_id: 'workflow-1', status: 'success' as const, ...run },
    depth: 0,
    retries: 0,
    stage: 'dev',
    workflowIds,
  };
  const rules = followUps.rules.filter((rule) => matches(rule, finished));
  return Object.fromEntries(rules.map((rule) => [rule.name, rule.actions(finished)]));
}

describe('start-next-workflow', () => {
  it('starts the next workflow with the summary of a successful run', () => {
    const actions = actionsAfter({ output_data: { summary: 'All forms filled in', other: 1 } });

    expect(actions['start-next-workflow']).toEqual(
      startRun({ workflow_id: NEXT, input_values: { summary: 'All forms filled in' } }),
    );
  });

  it('starts the next workflow without a summary if the run has no output', () => {
    const actions = actionsAfter({ output_data: null });

    expect(actions['start-next-workflow']).toEqual(
      startRun({ workflow_id: NEXT, input_values: { summary: undefined } }),
    );
  });

  it('starts nothing after the next workflow itself, which would start itself again', () => {
    expect(actionsAfter({ workflow_id: NEXT })).not.toHaveProperty('start-next-workflow');
  });

  it('starts nothing in a stage without a next workflow', () => {
    expect(actionsAfter({}, {})['start-next-workflow']).toEqual([]);
  });

  it.each(['error', 'task_failed', 'cancelled'] as const)(
    'starts nothing after a run with status %s',
    (status) => {
      expect(actionsAfter({ status })).not.toHaveProperty('start-next-workflow');
    },
  );
});

describe('publish-completion', () => {
  it.each(['success', 'error', 'task_failed', 'cancelled'] as const)(
    'publishes a run with status %s',
    (status) => {
      expect(actionsAfter({ status })['publish-completion']).toEqual(publish());
    },
  );
});

describe('notify-failure', () => {
  it.each([
    ['error', 'A Cyberdesk run ended in error'],
    ['task_failed', 'A Cyberdesk task failed'],
  ] as const)('notifies people of a run with status %s', (status, subject) => {
    expect(actionsAfter({ status })['notify-failure']).toEqual(notify(subject));
  });

  it.each(['success', 'cancelled'] as const)('does not notify people of a run with status %s', (status) => {
    expect(actionsAfter({ status })).not.toHaveProperty('notify-failure');
  });
});
