import { describe, expect, it } from 'vitest';
import followUps from './follow-ups.ts';
import { type FinishedRun, notify, startRun } from './lambda/rules/index.ts';
import { downedMachines, finishedRun, planFor } from './lambda/testing/index.ts';

const NEXT = '11111111-1111-4111-8111-111111111111';

/** What the rules ask for after such a run, by the name of the rule. */
const actionsFor = (run: Partial<FinishedRun>, workflowIds: Record<string, string> = { next: NEXT }) =>
  planFor(followUps, finishedRun(run), { stage: 'dev', workflowIds });

describe('start-next-workflow', () => {
  it('the next workflow starts with the summary of a successful run', () => {
    const actions = actionsFor({ output_data: { summary: 'All forms filled in', other: 1 } });

    expect(actions['start-next-workflow']).toEqual([
      startRun({ workflow_id: NEXT, input_values: { summary: 'All forms filled in' } }),
    ]);
  });

  it('the next workflow starts without a summary if the run has no output', () => {
    const actions = actionsFor({ output_data: null });

    expect(actions['start-next-workflow']).toEqual([
      startRun({ workflow_id: NEXT, input_values: { summary: undefined } }),
    ]);
  });

  it('the next workflow does not start itself again', () => {
    expect(actionsFor({ workflow_id: NEXT })).not.toHaveProperty('start-next-workflow');
  });

  it('nothing starts in a stage without a next workflow', () => {
    expect(actionsFor({}, {})['start-next-workflow']).toEqual([]);
  });

  it.each(['error', 'task_failed', 'cancelled'] as const)(
    'nothing starts after a run with status %s',
    (status) => {
      expect(actionsFor({ status })).not.toHaveProperty('start-next-workflow');
    },
  );
});

describe('notify-failure', () => {
  it.each([
    ['error', 'A Cyberdesk run ended in error'],
    ['task_failed', 'A Cyberdesk task failed'],
  ] as const)('people are notified of a run with status %s', (status, subject) => {
    expect(actionsFor({ status })['notify-failure']).toEqual([notify(subject)]);
  });

  it.each(['success', 'cancelled'] as const)('people are not notified of a run with status %s', (status) => {
    expect(actionsFor({ status })).not.toHaveProperty('notify-failure');
  });
});

describe('notify-downed-machines', () => {
  it('people are notified of machines that are down, and nothing else is done', () => {
    expect(planFor(followUps, downedMachines(), { stage: 'dev' })).toEqual({
      'notify-downed-machines': [notify('Cyberdesk machines are down')],
    });
  });
});
