import type { FileInput, RunCreate, RunRetry, WorkflowChainCreate } from '../cyberdesk/types.ts';
import type { InputFields } from './inputs.ts';
import type { Json, JsonObject } from './json.ts';
import type { TypedId } from './workflows.ts';

/** A reference where its value cannot be put: in a field that takes none, or in a text. */
export class MisplacedReferenceError extends Error {
  override name = 'MisplacedReferenceError';
}

/**
 * Makes a reference throw wherever a text or a number would be made of it: in a template literal, with `+`, in
 * `JSON.stringify`. A text such as `[object Object]` would be sent in place of the value. `toJSON` is enumerable, so that a copy
 * takes it along: as an object of its own, it would be sent as it is. No part of the type, in which the compiler would name
 * it in place of what matters.
 */
function refuseTexts(reference: object, value: () => never): void {
  Object.defineProperties(reference, {
    toString: { value },
    toJSON: { value, enumerable: true },
    [Symbol.toPrimitive]: { value },
  });
}

const refusalOf = (maker: string) => (): never => {
  throw new MisplacedReferenceError(
    `${maker} stands for a value that is not known before the call, so it cannot be copied or be part of a text; use it whole`,
  );
};
/** One for all references of a kind, so that equal ones are equal. */
const refuseSecretText = refusalOf('secret()');
const refuseAttachmentsText = refusalOf('outputAttachments()');

/**
 * A reference to the value of a secret, which is fetched at the moment of the call and never stored or logged.
 * A class rather than a shape: no payload can contain one, so no payload can ask for a secret.
 */
export class SecretReference {
  /** Nothing else has this type, not even an object with the same fields. */
  declare private readonly brand: 'secret';
  readonly id: string;
  readonly field: string | undefined;
  constructor(id: string, field?: string) {
    this.id = id;
    this.field = field;
    refuseTexts(this, refuseSecretText);
  }
}

/** A reference to output files of a finished run, which are fetched at the moment of the call. */
export class AttachmentsReference {
  declare private readonly brand: 'attachments';
  readonly ids: string[];
  constructor(ids: string[]) {
    this.ids = ids;
    refuseTexts(this, refuseAttachmentsText);
  }
}

/**
 * The value of a secret, for `sensitive_input_values` (`sensitive_inputs` of a chain). Anywhere else it does not
 * compile, and in plain JavaScript it fails the event.
 *
 * @param id Complete ARN of the secret, as in the stage setting `sensitiveSecretArns` (which is also the grant). One that the
 * stage does not have ends synthesis, as far as it shows before there is an event.
 * @param field JSON field to read when the secret's value is an object.
 */
export const secret = (id: string, field?: string): SecretReference => new SecretReference(id, field);

/**
 * The output attachments of a finished run, for `file_inputs`: `file_inputs: [outputAttachments(run)]`.
 *
 * @throws TypeError if the webhook holds anything but a list of ids there.
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

type Inputs = JsonObject | null;
/** What Cyberdesk never shows: JSON in which any value may be that of a secret. */
type Sensitive = { readonly [key: string]: SensitiveValue | undefined } | null;
type SensitiveValue = Json | SecretReference | readonly SensitiveValue[] | Sensitive;
type Files = readonly (FileInput | AttachmentsReference)[] | null;

/** A body of the API with other types for some of its fields, none of which has to be there. */
type Changed<Body, Fields> = Omit<Partial<Body>, keyof Fields> & Partial<Fields>;

/** What `startRun` sends: Cyberdesk's `RunCreate`, in which secrets and attachments may be references. */
export type RunBody = Changed<
  Omit<RunCreate, 'workflow_id'>,
  { input_values: Inputs; sensitive_input_values: Sensitive; file_inputs: Files }
> & { workflow_id: string };

/**
 * The same for one workflow: its inputs are checked if the id is that of a workflow whose types are known.
 *
 * @internal
 */
type BodyFor<Id extends string, Filled extends string> =
  Id extends TypedId<infer Input>
    ? Omit<RunBody, 'workflow_id' | 'input_values' | 'sensitive_input_values'> &
        InputFields<Input, Filled, SecretReference>
    : Omit<RunBody, 'workflow_id'>;

/** One step of a chain, in which secrets and attachments may be references. */
export type ChainStepBody = Changed<
  Omit<WorkflowChainCreate['steps'][number], 'workflow_id'>,
  { inputs: Inputs; sensitive_inputs: Sensitive; file_inputs: Files }
> & { workflow_id: string };

/** What `startChain` sends: Cyberdesk's `WorkflowChainCreate`, in which secrets and attachments may be references. */
export type ChainBody = Changed<
  Omit<WorkflowChainCreate, 'steps'>,
  { shared_inputs: Inputs; shared_sensitive_inputs: Sensitive; shared_file_inputs: Files }
> & { steps: ChainStepBody[] };

/** What `retryRun` sends: Cyberdesk's `RunRetry`, in which secrets and attachments may be references. */
export type RetryBody = Changed<
  RunRetry,
  { input_values: Inputs; sensitive_input_values: Sensitive; file_inputs: Files }
>;

/** What a rule can ask for after any event. */
export type EventAction =
  | { kind: 'startRun'; body: RunBody; correlate?: string }
  | { kind: 'startChain'; body: ChainBody; correlate?: string }
  | { kind: 'notify'; subject: string }
  | { kind: 'publish'; attributes: Record<string, string> }
  | { kind: 'deliver'; destination: string };

/**
 * What a rule can ask for after a run has ended, which it may run again. Actions are data. The processor carries out
 * each of them once per completion, or once per event of another type.
 */
export type Action = EventAction | { kind: 'retryRun'; max: number; body: RetryBody; otherwise: Action[] };

/**
 * How a run is recognised after the response to its start was lost.
 *
 * Without it, a run of the same workflow with equal inputs from the same two minutes is taken for this action's run,
 * whoever started it; and a run without inputs cannot be recognised at all. With it, the lookup is exact.
 */
export interface Correlation {
  /**
   * Name of an input that the workflow declares for this purpose. The action's unique key is put there, replacing any
   * other value; of a chain, into the inputs of its first step. The later steps of a chain that joins a session are then
   * left to a person after a lost response, because others start runs in that session too.
   *
   * @default - no correlation: a run whose response was lost is recognised by its inputs
   */
  correlate?: string;
}

/**
 * Starts one run.
 *
 * @param body Its inputs do not compile if they are not what the workflow's schema asks for, as far as
 * `cyberdesk.generated.ts` knows the workflow: `workflow_id: workflowIds.invoice`.
 */
export const startRun = <Id extends string, Filled extends string = never>(
  body: { workflow_id: Id } & BodyFor<Id, Filled>,
  correlation: Correlation & { correlate?: Filled } = {},
): EventAction => ({
  kind: 'startRun',
  // Inputs that fit a schema are JSON, which the compiler cannot see while it does not know the schema.
  body: body as RunBody,
  ...correlation,
});

/** Starts several runs in order on one reserved machine. */
export const startChain = (body: ChainBody, correlation: Correlation = {}): EventAction => ({
  kind: 'startChain',
  body,
  ...correlation,
});

/**
 * Runs the finished run again, in place under the same id.
 *
 * @param options `max`: how many retries of this run the rules may begin in total, including refused ones. Beyond that,
 * `otherwise` is done instead (nothing by default). The remaining fields are those of Cyberdesk's `RunRetry`.
 */
export function retryRun({
  max,
  otherwise = [],
  ...body
}: RetryBody & { max: number; otherwise?: Action | Action[] }): Action {
  return { kind: 'retryRun', max, body, otherwise: [otherwise].flat() };
}

/**
 * Notifies people: sends ids, status and links to the stage's notify topic, at least once.
 *
 * @param subject Subject of the e-mail: a fixed text, never a value of the payload.
 */
export const notify = (subject = 'A Cyberdesk run needs attention'): EventAction => ({
  kind: 'notify',
  subject,
});

/**
 * Notifies systems: sends ids, status and links to the stage's publish topic, at least once, with a dedupe id.
 *
 * @param attributes SNS message attributes to filter by, in addition to `status`, `workflow_id` and `rule`: fixed
 * texts, never values of the payload. With more than 248 KB of them, the rule fails, as SNS would not take the message.
 */
export const publish = (attributes: Record<string, string> = {}): EventAction => ({
  kind: 'publish',
  attributes,
});

/**
 * Hands the whole event, payload included, to code of your own: at least once, with a dedupe id.
 *
 * @param destination Its name in the stage setting `destinations`, which is also the grant. One that the stage does not have
 * ends synthesis, as far as it shows before there is an event.
 */
export const deliver = (destination: string): EventAction => ({ kind: 'deliver', destination });
