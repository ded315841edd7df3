import type { RunSnapshot } from '../../../lambda/core/model/index.ts';
import { type RuleDefinition, startRun } from '../../../lambda/rules/index.ts';
import { runSnapshot } from './cyberdesk.ts';
import { START } from './system.ts';

/** When the run of {@link runComplete} has ended, in epoch milliseconds. */
export const END = START - 2000 + 123;

/** The body of a webhook, for a run and an envelope with these changes. */
export const runComplete = (run: Record<string, unknown> = {}, envelope: Record<string, unknown> = {}) =>
  Buffer.from(
    JSON.stringify({
      event_id: 'event-1',
      event_type: 'run_complete',
      run: {
        id: 'run-1',
        workflow_id: 'workflow-first',
        status: 'success',
        ended_at: '2026-11-25T09:59:58.123456+00:00',
        output_data: { summary: 'three invoices filed' },
        ...run,
      },
      ...envelope,
    }),
  );

/** The body of a `downed_machines` webhook. */
export const downedMachines = (envelope: Record<string, unknown> = {}) =>
  Buffer.from(
    JSON.stringify({
      event_id: 'event-1',
      event_type: 'downed_machines',
      occurred_at: '2026-11-25T10:00:00Z',
      organization_id: 'org_1',
      machines: [
        { machine_id: 'machine-1', organization_id: 'org_1', status: 'disconnected', reason: 'gone' },
      ],
      ...envelope,
    }),
  );

/** Starts the next workflow after every success. */
export const startNext: RuleDefinition = {
  name: 'start-next',
  status: 'success',
  exceptWorkflow: (ids) => ids.next,
  actions: ({ run, workflowIds }) =>
    startRun({
      workflow_id: workflowIds.next ?? '',
      input_values: { summary: run.output_data?.summary },
    }),
};

/** A run as the API shows it, with the workflow and inputs that {@link startNext} starts. */
export const createdRun = (id: string, at = START, more: Partial<RunSnapshot> = {}) =>
  runSnapshot({
    id,
    created_at: new Date(at).toISOString(),
    input_values: { summary: 'three invoices filed' },
    ...more,
  });
