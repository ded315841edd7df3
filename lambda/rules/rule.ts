import { isSameId } from '../cyberdesk/printable-id.ts';
import type { TerminalStatus } from '../cyberdesk/run-status.ts';
import type { RunCompletedEvent, RunResponse } from '../cyberdesk/types.ts';
import type { Action, EventAction } from './actions.ts';
import { failedChecks } from './checks.ts';
import type { MachinesDown, OtherEvent, Surroundings, Without } from './events.ts';
import type { GivenInputs } from './inputs.ts';
import type { JsonObject } from './json.ts';
import {
  idOf,
  type TypedName,
  type TypesOf,
  type WorkflowIds,
  type WorkflowMatcher,
  type Workflows,
  type WorkflowTypes,
} from './workflows.ts';

/** A finished run as the webhook shows it: three fields are certain, any other may be absent, null or new. */
export type FinishedRun = Partial<
  Without<RunResponse, 'id' | 'workflow_id' | 'status' | 'output_data' | 'input_values'>
> & {
  id: string;
  workflow_id: string;
  status: TerminalStatus;
  /**
   * As the workflow's output schema defines it. A number that a double would change, such as an account number of 17
   * digits, is an `ExactNumber`, here and wherever else a run has one.
   */
  output_data?: JsonObject | null;
  input_values?: JsonObject | null;
};

/** The whole webhook, as it was sent: its own id, `event_type`, `occurred_at`, and the run. */
export type FinishedEvent = Partial<Without<RunCompletedEvent, 'run'>> & { run: FinishedRun };

/** What a rule about finished runs sees. */
export interface Finished<W extends Workflows = Workflows> extends Surroundings<W> {
  /** The webhook around the run. */
  event: FinishedEvent;
  /** The run, as the webhook shows it. */
  run: FinishedRun;
  /** How often the rules have retried this run in place. */
  retries: number;
}

/** A finished run of a workflow whose types are known. */
export type TypedRun<Types extends WorkflowTypes> = Omit<FinishedRun, 'output_data' | 'input_values'> & {
  /** As the workflow's output schema defines it, or absent: no schema keeps a run from ending without output. */
  output_data?: Types['output'] | null;
  input_values?: GivenInputs<Types['input']> | null;
};

/** What a rule about finished runs of one workflow sees, if the types of that workflow are known. */
export interface TypedFinished<W extends Workflows, Types extends WorkflowTypes>
  extends Omit<Finished<W>, 'event' | 'run'> {
  /** The webhook around the run. */
  event: Omit<FinishedEvent, 'run'> & { run: TypedRun<Types> };
  /** The run, as the webhook shows it. */
  run: TypedRun<Types>;
}

/** What a webhook reports: one member for each type of event, and one for all types that are not known. */
export type Reported =
  | ({ kind: 'run_complete' } & Pick<Finished, 'event' | 'run'>)
  | ({ kind: 'downed_machines' } & Pick<MachinesDown, 'event'>)
  | ({ kind: 'other'; type: string } & Pick<OtherEvent, 'event'>);

/** What rules are asked about: what a webhook reports, and what the stage and earlier follow-ups add. */
export type Occurrence = Reported & Surroundings & Pick<Finished, 'retries'>;

/** What all rules have in common. */
export interface Named {
  /** Unique, and part of the idempotency key: a renamed rule is another rule. */
  name: string;
}

/** A rule about runs that have ended: when it applies, and what it asks for then. */
export interface RuleDefinition<W extends Workflows = Workflows> extends Named {
  /**
   * The type of event that it is about.
   *
   * @default 'run_complete'
   */
  event?: 'run_complete';
  /**
   * Not needed: this payload is known.
   *
   * @default - none
   */
  guard?: never;
  /**
   * Only runs with one of these statuses.
   *
   * @default - all four
   */
  status?: TerminalStatus | TerminalStatus[];
  /**
   * Only runs of this workflow: a declared name, an id, or a function that picks an id of the stage.
   *
   * @default - every workflow
   */
  workflow?: Exclude<WorkflowMatcher<W>, TypedName<W>>;
  /**
   * Only runs of other workflows than this one: a declared name, an id, or a function that picks an id of the stage.
   *
   * @default - none
   */
  exceptWorkflow?: WorkflowMatcher<W>;
  /**
   * Only runs with (true) or without (false) a failed post-run check.
   *
   * @default - both
   */
  failedChecks?: boolean;
  /** Pure: it may be called again, and must then return the same. An empty list asks for nothing. */
  actions: (finished: Finished<W>) => Action | Action[];
}

/**
 * A rule about finished runs of one workflow whose types `cyberdesk.generated.ts` knows. Where a variable names the workflow,
 * it may be one of several, and a run has the types of any of them.
 */
export interface TypedRule<W extends Workflows, Name extends keyof W & string>
  extends Omit<RuleDefinition<W>, 'workflow' | 'actions'> {
  /** Only runs of this workflow. */
  workflow: Name;
  /** Pure: it may be called again, and must then return the same. An empty list asks for nothing. */
  actions: (finished: TypedFinished<W, TypesOf<W[Name]>>) => Action | Action[];
}

/** A rule about machines that appear to be down. */
export interface MachinesRule<W extends Workflows = Workflows> extends Named {
  /** The type of event that it is about. */
  event: 'downed_machines';
  /**
   * Not needed: this payload is known.
   *
   * @default - none
   */
  guard?: never;
  /**
   * No run, so no workflow.
   *
   * @default - none
   */
  workflow?: never;
  /** Pure: it may be called again, and must then return the same. An empty list asks for nothing. */
  actions: (down: MachinesDown<W>) => EventAction | EventAction[];
}

/** A rule about events of a type that this product knows nothing of. */
export interface OtherRule<W extends Workflows = Workflows, Payload = unknown> extends Named {
  /** The type, as the webhook names it. */
  event: string;
  /** Whether the payload is what the rule expects; the rule does not apply to others. */
  guard: (event: unknown) => event is Payload;
  /**
   * No run, so no workflow.
   *
   * @default - none
   */
  workflow?: never;
  /** Pure: it may be called again, and must then return the same. An empty list asks for nothing. */
  actions: (happened: OtherEvent<W, Payload>) => EventAction | EventAction[];
}

/** Any rule, whatever it is about. */
export type AnyRule<W extends Workflows = Workflows, Payload = unknown> =
  | RuleDefinition<W>
  | { [Name in TypedName<W>]: TypedRule<W, Name> }[TypedName<W>]
  | MachinesRule<W>
  | OtherRule<W, Payload>;

/** The condition of a rule that something does not meet, or that it is about another type of event. */
export type Mismatch = 'event' | 'guard' | 'status' | 'workflow' | 'exceptWorkflow' | 'failedChecks';

/** The first condition that a run does not meet; undefined if the rule applies to it. */
export function mismatchOfRun(
  rule: RuleDefinition,
  { run, workflowIds }: Pick<Finished, 'run' | 'workflowIds'>,
): Mismatch | undefined {
  const { status, workflow, exceptWorkflow } = rule;
  if (status !== undefined && ![status].flat().includes(run.status)) return 'status';
  if (workflow !== undefined && !isOf(run, workflow, workflowIds)) return 'workflow';
  if (exceptWorkflow !== undefined && isOf(run, exceptWorkflow, workflowIds)) return 'exceptWorkflow';
  const isMet = rule.failedChecks === undefined || rule.failedChecks === failedChecks(run).length > 0;
  return isMet ? undefined : 'failedChecks';
}

const isOf = ({ workflow_id }: FinishedRun, matcher: WorkflowMatcher, ids: WorkflowIds): boolean =>
  isSameId(idOf(matcher, ids), workflow_id);

const isOther = (rule: AnyRule): rule is OtherRule => rule.guard !== undefined;

/** Whether a rule is about events of this type; for other reasons it may not apply to one of them. */
export const isAbout = ({ event = 'run_complete' }: AnyRule, type: string): boolean => event === type;

/** The call that asks a rule; or why the rule does not apply. */
export type Question =
  | { kind: 'applies'; ask: () => Action | Action[] }
  | { kind: 'not_met'; mismatch: Mismatch };

const notMet = (mismatch: Mismatch): Question => ({ kind: 'not_met', mismatch });

/** How to ask a rule about what has happened. */
export function questionTo(rule: AnyRule, about: Occurrence): Question {
  if (isOther(rule)) {
    if (about.kind !== 'other' || !isAbout(rule, about.type)) return notMet('event');
    return rule.guard(about.event) ? { kind: 'applies', ask: () => rule.actions(about) } : notMet('guard');
  }
  if (rule.event === 'downed_machines') {
    if (about.kind !== 'downed_machines') return notMet('event');
    return { kind: 'applies', ask: () => rule.actions(about) };
  }
  if (about.kind !== 'run_complete') return notMet('event');
  const mismatch = mismatchOfRun(rule, about);
  return mismatch ? notMet(mismatch) : { kind: 'applies', ask: () => rule.actions(about) };
}
