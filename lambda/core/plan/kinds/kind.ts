import type { Action } from '../../../rules/actions.ts';
import type { ActionClaim, Starter } from '../../completion/index.ts';
import type {
  ActionableEvent,
  ActionKind,
  ActionOf,
  ActionRecord,
  Announcement,
  AnnouncementOutcome,
  CallFailure,
  CallLimit,
  CallOutcome,
  Cyberdesk,
  Started,
  System,
  Table,
  Topics,
} from '../../model/index.ts';
import type { Wanted } from './likeness.ts';

/** All that sets one kind of action apart. A kind that lacks any of it does not compile. */
export interface Kind<K extends ActionKind> {
  /**
   * What is stored as the action's body, and sent. Of an announcement, only `subject` and `attributes` are sent
   * (`act/announce.ts`).
   *
   * @param key The action's idempotency key, for a correlation input.
   * @throws TypeError for what the types do not stop, as rules may be plain JavaScript; it fails the event.
   */
  content(action: ActionOf<K>, key: string): unknown;
  /** Name of the input of that content that holds the key; absent for a kind whose calls are not found by an input. */
  correlate?(action: ActionOf<K>): string | undefined;
  /** Of a delivery: the name of its destination. */
  destination?(action: ActionOf<K>): string;
  /** Where references may stand in that content, as patterns of slash-separated paths. */
  references: ReferencePlaces;
  /** Whether it starts runs of its own, whose completions the rules see again: the loop guard counts these. */
  startsRuns: boolean;
  /** It acts on the run that has ended, so no rule about another event can ask for it. */
  needsRun?: true;
  /** What is done in its place; undefined for the action itself. */
  insteadOf?(action: ActionOf<K>, retries: number): Action[] | undefined;
  execution: Execution;
}

export interface ReferencePlaces {
  secret: RegExp | 'nowhere';
  attachments: RegExp | 'nowhere';
}

/** How actions are carried out. Each kind of execution says what it needs in `EXECUTION_NEEDS`. */
export type Execution = ApiCall | AnnouncementExecution | DeliveryExecution;

export interface ExecutionNeeds {
  /** It waits, uncharged, while calls to Cyberdesk are paused. */
  waitsInPause: boolean;
  /** The body of such an action in a large plan is stored in pieces; without, it stays in the completion's item. */
  bodyInPieces: boolean;
}

export const EXECUTION_NEEDS = {
  call: { waitsInPause: true, bodyInPieces: true },
  // Small, and read from the item.
  announcement: { waitsInPause: false, bodyInPieces: false },
  delivery: { waitsInPause: false, bodyInPieces: false },
} as const satisfies Record<Execution['kind'], ExecutionNeeds>;

/** Carried out by a call to Cyberdesk, exactly once: under an idempotency key, and looked up after a lost response. */
export interface ApiCall {
  kind: 'call';
  /** How many runs a call with this body starts or runs again: their ids are stored in the completion's item. */
  runsOf(body: string): number;
  /** The runs that a call with this body starts; absent where it runs one again. */
  wantedBy?(body: string): Wanted;
  /** Recorded before the call is sent, because its response may be lost. */
  recordAttempt?(action: ActionClaim): Promise<void>;
  send(cyberdesk: Cyberdesk, call: Call, limit: CallLimit): Promise<CallOutcome<Started>>;
  /** Looks for what attempts without a response have left at Cyberdesk. */
  lookUp(ports: LookUpPorts, call: Call, limit: CallLimit): Promise<Trace>;
  /**
   * Records that runs belong to this action.
   *
   * @param adopted They were found by a lookup, not named by the answer to our own call.
   * @returns False if another action has one of them.
   */
  takeRuns(action: Starter, runIds: string[], adopted: boolean): Promise<boolean>;
}

/** Either all runs of a call, or why the run that was named cannot be of it. */
export type StartedWith =
  | { kind: 'found'; runIds: string[] }
  | { kind: 'other_run' }
  | { kind: 'other_workflow' }
  /** It has led to the event, or is the run that the event reports. */
  | { kind: 'led_here' }
  /** It was created before the run that the event reports had ended. */
  | { kind: 'too_early' }
  /** Not all steps of the chain have a run in its session that no other action has. */
  | { kind: 'incomplete' }
  | { kind: 'unanswered'; failure: CallFailure };

/** One call of an action: the body is JSON text. */
export interface Call {
  record: ActionRecord;
  body: string;
  event: ActionableEvent;
  /** Sort key of the completion that the event reports. */
  completion: string;
  /** Under which it may have been sent, that of the record among them. */
  keys: readonly string[];
}

export interface LookUpPorts {
  table: Table;
  cyberdesk: Cyberdesk;
  system: System;
}

/** Carried out by an announcement with a dedupe id. */
export interface AnnouncementExecution {
  kind: 'announcement';
  lookUp: 'atLeastOnce';
  announce(topics: Topics, announcement: Announcement, limit: CallLimit): Promise<AnnouncementOutcome>;
}

/** Carried out by handing the event over to the customer's own code, with a dedupe id. */
export interface DeliveryExecution {
  kind: 'delivery';
  lookUp: 'atLeastOnce';
}

/** What earlier attempts of an action have left at Cyberdesk. */
export type Trace =
  /** Certainly ours, whatever else may show up. */
  | { kind: 'ours'; runIds: string[] }
  /** Ours, if the list is complete by now. */
  | { kind: 'candidate'; runIds: string[] }
  /** Nothing, if the list is complete by now. */
  | { kind: 'none' }
  /** Several that cannot be distinguished, or one that is merely similar: left to a person. */
  | { kind: 'ambiguous' }
  | { kind: 'unanswered'; failure: CallFailure };
