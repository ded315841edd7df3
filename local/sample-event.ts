import { randomUUID } from 'node:crypto';

/** The payload of a `run_complete`, as far as a sender must know it. */
export interface SampleEvent {
  readonly event_id: string;
  readonly run: { readonly id: string; readonly workflow_id: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/** A `run_complete` for a run that succeeded just now. */
export function sampleEvent(now: Date = new Date()): SampleEvent {
  const at = (secondsAgo: number) => new Date(now.getTime() - secondsAgo * 1000).toISOString();
  return {
    event_id: randomUUID(),
    event_type: 'run_complete',
    occurred_at: at(0),
    run: {
      id: randomUUID(),
      workflow_id: randomUUID(),
      machine_id: randomUUID(),
      status: 'success',
      created_at: at(90),
      started_at: at(80),
      ended_at: at(0),
      error: null,
      output_data: { summary: 'A sample run of the local run.' },
      input_values: null,
      post_run_checks: null,
    },
  };
}
