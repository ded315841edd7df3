import { randomUUID } from 'node:crypto';
import type {
  DownedMachinesEvent,
  FileInput,
  RunAttachmentResponse,
  RunResponse,
  WorkflowResponse,
} from '../../lambda/cyberdesk/types.ts';
import type { Kept } from '../state/kept.ts';
import { KeptMap } from '../state/kept-map.ts';

/** A run as the fake keeps it, with every field. */
export type StoredRun = RunResponse;
/** With its content in base64. */
export type StoredAttachment = RunAttachmentResponse & { content: string };

export type DownedMachine = DownedMachinesEvent['machines'][number];

export interface Store {
  runs: Map<string, StoredRun>;
  attachments: Map<string, StoredAttachment>;
  workflows: Map<string, WorkflowResponse>;
  /** Machines that have been reported down, by their ids; not kept. */
  downedMachines: Map<string, DownedMachine>;
  /** When each run was added, epoch milliseconds; the `created_at` of a seeded run may differ. */
  addedAt: Map<string, number>;
  /** Epoch milliseconds. */
  now(): number;
  /** Later than any timestamp before it, so that no two endings of a run are the same. */
  timestamp(): string;
}

/** @param kept where it is kept for the next process; undefined: nowhere */
export function createStore(now: () => number, kept: Kept | undefined): Store {
  let last = 0;
  return {
    runs: new KeptMap(kept, 'run'),
    attachments: new KeptMap(kept, 'attachment'),
    workflows: new KeptMap(kept, 'workflow'),
    downedMachines: new Map(),
    addedAt: new KeptMap(kept, 'added'),
    now,
    timestamp() {
      last = Math.max(now(), last + 1);
      return new Date(last).toISOString();
    },
  };
}

/** The fields of a run to add; the rest get the values of a new run. */
export type NewRun = Partial<StoredRun> & { workflow_id: string };

/** Adds a run with everything that the API shows of a new one. */
export function addRun(store: Store, given: NewRun): StoredRun {
  const run: StoredRun = {
    id: randomUUID(),
    machine_id: null,
    status: 'scheduling',
    created_at: new Date(store.now()).toISOString(),
    user_id: null,
    organization_id: 'org_local',
    is_priority: false,
    error: null,
    output_data: null,
    input_attachment_ids: [],
    output_attachment_ids: [],
    run_message_history: null,
    input_values: null,
    main_prompt: null,
    model_metadata: null,
    pool_ids: null,
    sensitive_input_aliases: null,
    usage_metadata: null,
    post_run_checks: null,
    session_id: null,
    session_alias: null,
    release_session_after: null,
    started_at: null,
    ended_at: null,
    ...given,
  };
  saveRun(store, run);
  store.addedAt.set(run.id, store.now());
  return run;
}

/** To be called after a run is changed. */
export const saveRun = (store: Store, run: StoredRun): void => void store.runs.set(run.id, run);

/** Adds a workflow; its runs send webhooks unless it says otherwise. */
export function addWorkflow(
  store: Store,
  given: Partial<WorkflowResponse> & { id: string },
): WorkflowResponse {
  const created = new Date(store.now()).toISOString();
  const workflow: WorkflowResponse = {
    name: 'Fake workflow',
    main_prompt: 'Nothing is really done',
    is_webhooks_enabled: true,
    created_at: created,
    updated_at: created,
    ...given,
  };
  store.workflows.set(workflow.id, workflow);
  return workflow;
}

export function addAttachment(
  store: Store,
  run: StoredRun,
  type: 'input' | 'output',
  { filename, content, target_path = null, cleanup_imports_after_run = false }: FileInput,
): StoredAttachment {
  const id = randomUUID();
  const attachment: StoredAttachment = {
    id,
    run_id: run.id,
    filename,
    content_type: 'application/octet-stream',
    attachment_type: type,
    size_bytes: Buffer.byteLength(content, 'base64'),
    storage_path: `run-attachments/${run.id}/${id}`,
    created_at: new Date(store.now()).toISOString(),
    target_path,
    cleanup_imports_after_run,
    user_id: null,
    organization_id: run.organization_id ?? null,
    expires_at: null,
    content,
  };
  store.attachments.set(id, attachment);
  const ids = type === 'input' ? 'input_attachment_ids' : 'output_attachment_ids';
  run[ids] = [...(run[ids] ?? []), id];
  saveRun(store, run);
  return attachment;
}

export function removeAttachments(store: Store, run: StoredRun, type: 'input' | 'output'): void {
  const ids = type === 'input' ? 'input_attachment_ids' : 'output_attachment_ids';
  for (const id of run[ids] ?? []) store.attachments.delete(id);
  run[ids] = [];
  saveRun(store, run);
}
