import type { TerminalStatus } from '../cyberdesk/run-status.ts';
import type { RunCompletedEvent, RunResponse } from '../cyberdesk/types.ts';
import type { Action } from './actions.ts';
import { failedChecks } from './checks.ts';
import type { JsonObject } from './json.ts';
import { idOf, type WorkflowIds, type WorkflowMatcher, type Workflows } from './workflows.ts';

/** `Omit` that keeps known keys beside an index signature. */
type Without<T, K extends PropertyKey> = {
  [Key in keyof T as string extends Key ? never : Key extends K ? never : Key]: T[Key];
};

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

/** What a rule sees. */
export interface Finished<W extends Workflows = Workflows> {
  /** Id under which the event is stored and shown: the webhook's own, or Svix's if that one cannot be used. */
  event_id: string;
  /** The webhook around the run. */
  event: FinishedEvent;
  /** The run, as the webhook shows it. */
  run: FinishedRun;
  /** How many follow-ups lead to this run; 0 for a run that no rule started. */
  depth: number;
  /** How often the rules have retried this run in place. */
  retries: number;
  /** Stage name, `dev` or `prod`. */
  stage: string;
  /** The workflow ids of the stage settings, which differ per stage: those that the rules declare. */
  workflowIds: WorkflowIds<W>;
}

/** What rules are asked about: one member for each type of event. */
export type Occurrence = Finished;

/** The part of it that the webhook reports; the rest is what the stage and earlier follow-ups add. */
export type Reported = Pick<Finished, 'event' | 'run'>;

/** One rule: when it applies, and what it asks for then. */
export interface RuleDefinition<W extends Workflows = Workflows> {
  /** Unique, and part of the idempotency key: a renamed rule is another rule. */
  name: string;
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
  workflow?: WorkflowMatcher<W>;
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

/** Whether a rule applies to this run. */
export function matches(rule: RuleDefinition, { run, workflowIds }: Finished): boolean {
  const { status, workflow, exceptWorkflow } = rule;
  if (status !== undefined && ![status].flat().includes(run.status)) return false;
  if (workflow !== undefined && idOf(workflow, workflowIds) !== run.workflow_id) return false;
  if (exceptWorkflow !== undefined && idOf(exceptWorkflow, workflowIds) === run.workflow_id) return false;
  return rule.failedChecks === undefined || rule.failedChecks === failedChecks(run).length > 0;
}

/** What a rule asks for; undefined if it does not apply. */
export const ask = (rule: RuleDefinition, about: Occurrence): Action | Action[] | undefined =>
  matches(rule, about) ? rule.actions(about) : undefined;
