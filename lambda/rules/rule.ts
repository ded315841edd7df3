import type { TerminalStatus } from '../cyberdesk/run-status.ts';
import type { RunResponse } from '../cyberdesk/types.ts';
import type { Action } from './actions.ts';
import { failedChecks } from './checks.ts';

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
  output_data?: { [key: string]: unknown } | null;
  input_values?: { [key: string]: unknown } | null;
};

/** What a rule sees. */
export interface Finished {
  /** Id of the event that reports the end of the run. */
  event_id: string;
  /** The run, as the webhook shows it. */
  run: FinishedRun;
  /** How many follow-ups lead to this run; 0 for a run that no rule started. */
  depth: number;
  /** How often the rules have retried this run in place. */
  retries: number;
  /** Stage name, `dev` or `prod`. */
  stage: string;
  /** The workflow ids of the stage settings, which differ per stage. */
  workflowIds: Readonly<Record<string, string | undefined>>;
}

/** What rules are asked about: one member for each type of event. */
export type Occurrence = Finished;

/** The part of it that the webhook reports; the rest is what the stage and earlier follow-ups add. */
export type Reported = Pick<Finished, 'run'>;

type WorkflowMatcher = string | ((ids: Finished['workflowIds']) => string | undefined);

/** One rule: when it applies, and what it asks for then. */
export interface RuleDefinition {
  /** Unique, and part of the idempotency key: a renamed rule is another rule. */
  name: string;
  /**
   * Only runs with one of these statuses.
   *
   * @default - all four
   */
  status?: TerminalStatus | TerminalStatus[];
  /**
   * Only runs of this workflow: its id, or a function that picks it from those of the stage.
   *
   * @default - every workflow
   */
  workflow?: WorkflowMatcher;
  /**
   * Not runs of this workflow: its id, or a function that picks it from those of the stage.
   *
   * @default - none
   */
  exceptWorkflow?: WorkflowMatcher;
  /**
   * Only runs with (true) or without (false) a failed post-run check.
   *
   * @default - both
   */
  failedChecks?: boolean;
  /** Pure: it may be called again, and must then return the same. */
  actions: (finished: Finished) => Action | Action[] | undefined;
}

/** The rules of an installation, as `followUps` returns them. */
export interface FollowUps {
  /** In the order in which they are asked. */
  rules: readonly RuleDefinition[];
}

/** Two rules have the same name: they would share idempotency keys, and one of them would never act. */
export class DuplicateRuleNameError extends Error {
  override name = 'DuplicateRuleNameError';
}

/**
 * Declares the rules. Every matching rule is asked, in order.
 *
 * @throws DuplicateRuleNameError
 */
export function followUps(...rules: RuleDefinition[]): FollowUps {
  const names = new Set<string>();
  for (const { name } of rules) {
    if (names.has(name)) {
      throw new DuplicateRuleNameError(`two rules are named "${name}"; give each rule a unique name`);
    }
    names.add(name);
  }
  return { rules };
}

/** Whether a rule applies to this run. */
export function matches(rule: RuleDefinition, finished: Finished): boolean {
  const { run, workflowIds } = finished;
  const idOf = (matcher: WorkflowMatcher) => (typeof matcher === 'function' ? matcher(workflowIds) : matcher);
  if (rule.status !== undefined && ![rule.status].flat().includes(run.status)) return false;
  if (rule.workflow !== undefined && idOf(rule.workflow) !== run.workflow_id) return false;
  if (rule.exceptWorkflow !== undefined && idOf(rule.exceptWorkflow) === run.workflow_id) return false;
  return rule.failedChecks === undefined || rule.failedChecks === failedChecks(run).length > 0;
}

/** What a rule asks for; undefined if it does not apply. */
export const ask = (rule: RuleDefinition, about: Occurrence): Action | Action[] | undefined =>
  matches(rule, about) ? rule.actions(about) : undefined;

/**
 * What the rules ask for after a run: the actions of each rule that applies, by its name. For tests of rules.
 *
 * @throws whatever a rule throws
 */
export function actionsAfter({ rules }: FollowUps, finished: Finished): Record<string, Action[]> {
  const applicable = rules.filter((rule) => matches(rule, finished));
  return Object.fromEntries(applicable.map(({ name, actions }) => [name, [actions(finished) ?? []].flat()]));
}
