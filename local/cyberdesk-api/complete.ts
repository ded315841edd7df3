import { randomUUID } from 'node:crypto';
import type { FileInput, PostRunCheckResult, RunCompletedEvent } from '../../lambda/cyberdesk/types.ts';
import { addAttachment, type Store, type StoredRun, TERMINAL } from './store.ts';

/** How a run ends. */
export interface Outcome {
  /** @default success */
  status?: 'success' | 'error' | 'task_failed' | 'cancelled';
  output_data?: Record<string, unknown> | null;
  error?: string[] | null;
  post_run_checks?: PostRunCheckResult[] | null;
  /** The run's output files. */
  files?: FileInput[];
}

/** Ends a run; `ended_at` is different each time. @throws Error when it has ended already */
export function completeRun(store: Store, run: StoredRun, outcome: Outcome = {}): void {
  const { files = [], status = 'success', ...result } = outcome;
  if (TERMINAL.has(run.status)) throw new Error(`run ${run.id} has already ended: retry it first`);
  Object.assign(run, { output_data: status === 'success' ? {} : null, ...result });
  run.machine_id ??= randomUUID();
  run.started_at = store.timestamp();
  for (const file of files) addAttachment(store, run, 'output', file);
  run.ended_at = store.timestamp();
  run.status = status;
}

/** The payload of the webhook for a run that has ended. */
export function completedEvent({ run_message_history: _history, ...run }: StoredRun): RunCompletedEvent {
  return {
    event_id: randomUUID(),
    event_type: 'run_complete',
    occurred_at: run.ended_at ?? run.created_at,
    run: structuredClone(run),
  };
}
