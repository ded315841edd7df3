import type { FileInput, RunCreate, RunRetry, WorkflowChainCreate } from '../cyberdesk/types.ts';

/**
 * Stands for the value of a secret. It is fetched at the moment of the call and never stored or logged.
 * A class, not a shape: no payload can contain one, so no payload can ask for a secret.
 */
export class SecretReference {
  readonly id: string;
  readonly field: string | undefined;
  constructor(id: string, field?: string) {
    this.id = id;
    this.field = field;
  }
}

/** Stands for files that a finished run has put out; fetched at the moment of the call. */
export class AttachmentsReference {
  readonly ids: string[];
  constructor(ids: string[]) {
    this.ids = ids;
  }
}

/**
 * The value of a secret, for `sensitive_input_values` (`sensitive_inputs` of a chain). Elsewhere it fails the event.
 *
 * @param id ARN or name of the secret, one of the stage setting `sensitiveSecretArns` (which is also the grant).
 * @param field With it, the secret's value is JSON and this field of it is meant.
 */
export const secret = (id: string, field?: string): SecretReference => new SecretReference(id, field);

/**
 * The output attachments of a finished run, for `file_inputs`: `file_inputs: [outputAttachments(run)]`.
 *
 * @throws TypeError where the run's webhook holds something else than a list of ids.
 */
export function outputAttachments(run: {
  id: string;
  output_attachment_ids?: string[] | null | undefined;
}): AttachmentsReference {
  const ids = run.output_attachment_ids ?? [];
  if (!Array.isArray(ids) || ids.some((id) => typeof id !== 'string'))
    throw new TypeError('output_attachment_ids is not a list of ids');
  return new AttachmentsReference(ids);
}

type Sensitive = { [key: string]: unknown } | null;
type Files = (FileInput | AttachmentsReference)[] | null;

/** What to start: Cyberdesk's `RunCreate`, in which secrets and attachments may be references. */
export type RunBody = Omit<Partial<RunCreate>, 'workflow_id' | 'file_inputs' | 'sensitive_input_values'> & {
  workflow_id: string;
  sensitive_input_values?: Sensitive;
  file_inputs?: Files;
};

export type ChainStepBody = Omit<WorkflowChainCreate['steps'][number], 'sensitive_inputs'> & {
  sensitive_inputs?: Sensitive;
};

export type ChainBody = Omit<
  Partial<WorkflowChainCreate>,
  'steps' | 'shared_sensitive_inputs' | 'shared_file_inputs'
> & { steps: ChainStepBody[]; shared_sensitive_inputs?: Sensitive; shared_file_inputs?: Files };

export type RetryBody = Omit<Partial<RunRetry>, 'file_inputs' | 'sensitive_input_values'> & {
  sensitive_input_values?: Sensitive;
  file_inputs?: Files;
};

/** Actions are data; the processor carries them out, each once per completion. */
export type Action =
  | { kind: 'startRun'; body: RunBody }
  | { kind: 'startChain'; body: ChainBody }
  | { kind: 'retryRun'; max: number; body: RetryBody; otherwise: Action[] }
  | { kind: 'notify'; subject: string }
  | { kind: 'publish'; attributes: Record<string, string> };

/** Starts one run. */
export const startRun = (body: RunBody): Action => ({ kind: 'startRun', body });

/** Starts several runs in order on one reserved machine. */
export const startChain = (body: ChainBody): Action => ({ kind: 'startChain', body });

/**
 * Runs the finished run again, in place under the same id.
 *
 * @param options `max`: how many retries of this run the rules may begin in all, refused ones included; beyond it `otherwise` happens
 * instead (nothing by default). The rest is Cyberdesk's `RunRetry`.
 */
export function retryRun({
  max,
  otherwise = [],
  ...body
}: RetryBody & { max: number; otherwise?: Action | Action[] }): Action {
  return { kind: 'retryRun', max, body, otherwise: [otherwise].flat() };
}

/**
 * Tells people: ids, status and links to the stage's notify topic. At least once.
 *
 * @param subject First words of the mail; write a fixed text, never a value of the payload.
 */
export const notify = (subject = 'A Cyberdesk run needs attention'): Action => ({ kind: 'notify', subject });

/**
 * Tells systems: ids, status and links to the stage's publish topic. At least once, with a dedupe id.
 *
 * @param attributes More SNS message attributes to filter by, beside `status`, `workflow_id` and `rule`; fixed
 * texts, never values of the payload.
 */
export const publish = (attributes: Record<string, string> = {}): Action => ({ kind: 'publish', attributes });
