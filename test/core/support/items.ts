import {
  type ActionRecord,
  type CompletionItem,
  completionKey,
  endedAtCompletion,
  eventKey,
  type LineageItem,
  lineageKey,
  PAUSE_KEY,
  type PauseItem,
  type RunComplete,
} from '../../../lambda/core/model/index.ts';
import { START } from './system.ts';

/** A received event of a run. */
export function eventItem(more: Partial<RunComplete> = {}): RunComplete {
  const { event_id = 'event-1' } = more;
  return {
    ...eventKey(event_id),
    v: 1,
    tag: 'tag',
    event_id,
    svix_id: 'msg_1',
    received_at: new Date(START).toISOString(),
    type: 'run_complete',
    run_id: 'run-1',
    workflow_id: 'workflow-first',
    status: 'success',
    state: 'received',
    failure: 0,
    round: 0,
    body_sha256: '',
    body_bytes: 0,
    day: '2026-11-25',
    ...more,
  };
}

/** A completion that no worker holds, and that is not planned yet. */
export const completionItem = (more: Partial<CompletionItem> = {}): CompletionItem => ({
  ...completionKey('run-1', endedAtCompletion(1)),
  v: 1,
  tag: 'tag',
  owner: 'event-1',
  crashes: 0,
  round: 0,
  done: false,
  depth: 0,
  retries: 0,
  updated_at: START,
  ...more,
});

/** An action that was planned and not tried yet. */
export const actionRecord = (more: Partial<ActionRecord> = {}): ActionRecord => ({
  rule: 'a',
  position: 0,
  kind: 'startRun',
  generation: 0,
  key: 'key',
  body: '{}',
  tries: 0,
  delayed: 0,
  ...more,
});

export const lineageItem = (runId: string, more: Partial<LineageItem> = {}): LineageItem => ({
  ...lineageKey(runId),
  v: 1,
  tag: 'tag',
  depth: 1,
  retried: [],
  ...more,
});

export const pauseItem = (more: Partial<PauseItem> = {}): PauseItem => ({
  ...PAUSE_KEY,
  v: 1,
  tag: 'tag',
  until: START,
  streak: 1,
  ...more,
});
