import type { Action } from '../../rules/actions.ts';
import type { Reason } from './reasons.ts';

export type ActionKind = Action['kind'];

/** The action of one kind, as a rule returns it. */
export type ActionOf<K extends ActionKind> = Extract<Action, { kind: K }>;

/** A value that is fetched at the moment of the call and never stored. */
export type Placeholder =
  | { path: string[]; secret: { id: string; field?: string } }
  | { path: string[]; attachments: { ids: string[] } };

/** What a placeholder stands for. */
export type Reference =
  | { kind: 'secret'; id: string; field?: string }
  | { kind: 'attachments'; ids: string[] };

/** Stored placeholders are distinguished by their fields, everything else by `kind`. */
export const referenceOf = (placeholder: Placeholder): Reference =>
  'secret' in placeholder
    ? { kind: 'secret', ...placeholder.secret }
    : { kind: 'attachments', ...placeholder.attachments };

/** What the first attempt used, so that every later one uses exactly the same. */
export interface Pin {
  /** Version id of a secret. */
  version?: string;
  /** SHA-256 of each attachment. */
  hashes?: string[];
}

/** The first and the last attempt that may have taken effect without a response, epoch milliseconds. */
export interface Begun {
  first: number;
  last: number;
}

export interface ActionResult {
  run_ids: string[];
  /** Epoch milliseconds. */
  at: number;
  adopted?: boolean;
}

/** Where the body of an action in a large plan is stored. */
export interface BodyReference {
  sha256: string;
  pieces: number;
  /** Under whose keys its pieces are; absent for those of events, where an earlier release stored them. */
  owner?: 'plan';
  /** When its pieces expire, epoch milliseconds. */
  until: number;
}

/** What a person decided about an action whose outcome was unknown. */
export interface Decision {
  /** The action is done, by runs that the person named; it is carried out once more; or it is left out. */
  kind: 'run' | 'start_again' | 'skip';
  /** Who decided: an ARN, or the user of the machine that the local run is on. */
  by: string;
  /** Epoch milliseconds. */
  at: number;
  /** Of the failure that it is about; absent for an action that had not failed, and where an earlier release decided. */
  reason?: Reason;
}

/** Why an action has failed. */
export interface ActionFailure {
  reason: Reason;
  /** HTTP status; with an unknown outcome, that of a refusal which came after an attempt without a response. */
  status?: number;
  /** The field that a 422 names. */
  field?: string;
  /** The secret that cannot be used; earlier releases carry it along unread. */
  secret?: SecretFault;
}

/** What is wrong with a secret that a rule names: never its value. */
export interface SecretFault {
  kind: 'not_listed' | 'denied' | 'empty' | 'binary' | 'not_json' | 'no_field';
  /** As the rule names it: ARN or name. */
  id: string;
  /** The field of it that the rule asks for. */
  field?: string;
}

/** Why a delivery has failed that may succeed later. */
export type DeliveryProblem =
  /** The destination could not be reached, throttled the call, or did not allow it (yet). */
  | 'not_delivered'
  /** The function was invoked, and ended in an error. */
  | 'function_failed'
  /** The bus took the call, but not the event in it. */
  | 'entry_failed';

/**
 * A try that failed for now: how the API answered, with what it does not document, or that it did not; that a list could not be
 * shown to be complete, or holds a run that may be the action's own; that something which the call needs could not be read, or had no value; or that a topic did not take an announcement, or a
 * destination a delivery.
 */
export interface LastFailure {
  kind:
    | 'answered'
    /** A status of success, with content that is not what the API documents, cut off or too large. */
    | 'unreadable'
    | 'no_response'
    | 'incomplete_list'
    /** A run in the list may be the action's own, and what is shown of it does not say. */
    | 'unclear_run'
    | 'not_asked'
    | 'key_not_set'
    | 'not_announced'
    | DeliveryProblem;
  /** HTTP status. */
  status?: number;
  /** Code of AWS's error. */
  error?: string;
  /** Epoch milliseconds. */
  at: number;
}

/** An action of a plan, and its progress. */
export interface ActionRecord {
  rule: string;
  /** Position in that rule's list. */
  position: number;
  kind: ActionKind;
  /** The round in which it was planned. */
  generation: number;
  /** Idempotency key of runs, dedupe id of announcements and deliveries. */
  key: string;
  /** Request body as JSON text without the values of its placeholders; dropped once settled. */
  body?: string;
  body_ref?: BodyReference;
  /** Name of the input that holds `key`; of a chain, in its first step. */
  correlate?: string;
  /** Of a delivery: the name of its destination. Earlier releases leave an action of that kind alone. */
  destination?: string;
  placeholders?: Placeholder[];
  pins?: Pin[];
  begun?: Begun;
  /**
   * Status of a refusal that came after an attempt without a response: that attempt may have been served, so the lookup
   * decides once the list is complete.
   */
  pending?: number;
  /** The same of the round before, which ended with an unknown outcome: for people; earlier releases carry it along unread. */
  answered?: number;
  tries: number;
  /** Sum of the delays charged to it, in milliseconds. */
  delayed: number;
  not_before?: number;
  result?: ActionResult;
  failure?: ActionFailure;
  /** Why the last try failed that may succeed later; earlier releases carry it along unread. */
  last_failure?: LastFailure;
  /** The last decision about it; earlier releases carry it along unread. */
  decision?: Decision;
  /** `until` of the restore after which it was held back for a person; earlier releases carry it along unread. */
  fence?: number;
}
