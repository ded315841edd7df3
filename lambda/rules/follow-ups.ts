import { TERMINAL_STATUSES } from '../cyberdesk/run-status.ts';
import type { RuleDefinition } from './rule.ts';
import { requireWorkflows, type WorkflowIds, type Workflows } from './workflows.ts';

/** The rules of an installation, as `followUps` returns them. */
export interface FollowUps {
  /** In the order in which they are asked. */
  rules: readonly RuleDefinition[];
  /**
   * The workflows that they name.
   *
   * @default - none
   */
  workflows?: Workflows;
}

/** What the rules need from the stage settings; it comes first in `followUps`. */
export interface Declaration<W extends Workflows> {
  /** The workflows that the rules name, each `required` in every stage or `optional`. */
  workflows: W;
}

/** Two rules have the same name: they would share idempotency keys, and one of them would never act. */
export class DuplicateRuleNameError extends Error {
  override name = 'DuplicateRuleNameError';
}

/** A rule is not one, which the compiler says of TypeScript; but no compiler stands between an edit and a deployment. */
export class InvalidRuleError extends Error {
  override name = 'InvalidRuleError';
}

/**
 * Declares the rules. Every matching rule is asked, in order.
 *
 * @param first `{ workflows: { next: 'required' } }`, if the rules name workflows of the stage settings; or a rule.
 * @throws InvalidRuleError
 * @throws DuplicateRuleNameError
 */
export function followUps<W extends Workflows = Record<never, never>>(
  first?: Declaration<W> | RuleDefinition<Record<never, never>>,
  ...others: RuleDefinition<NoInfer<W>>[]
): FollowUps {
  const isDeclaration = first !== undefined && 'workflows' in first;
  // That every stage has the ids that these types promise is checked when the rules are loaded.
  const rules = (isDeclaration || first === undefined ? others : [first, ...others]) as RuleDefinition[];
  const names = new Set<string>();
  for (const [index, rule] of rules.entries()) {
    checkRule(rule, index + 1);
    if (names.has(rule.name)) {
      throw new DuplicateRuleNameError(`two rules are named "${rule.name}"; give each rule a unique name`);
    }
    names.add(rule.name);
  }
  return { rules, ...(isDeclaration && { workflows: first.workflows }) };
}

const FIELDS: Readonly<Record<keyof RuleDefinition, true>> = {
  name: true,
  status: true,
  workflow: true,
  exceptWorkflow: true,
  failedChecks: true,
  actions: true,
};

function checkRule(rule: RuleDefinition, position: number): void {
  const { name, status = [], actions } = rule;
  if (typeof name !== 'string' || name === '') throw new InvalidRuleError(`rule ${position} has no name`);
  const unknown = Object.keys(rule).find((field) => !Object.hasOwn(FIELDS, field));
  // A condition with a mistake in its name would let the rule apply to every run.
  if (unknown !== undefined) throw new InvalidRuleError(`rule "${name}" has the unknown field "${unknown}"`);
  if (typeof actions !== 'function') throw new InvalidRuleError(`rule "${name}" has no function "actions"`);
  const strange = [status].flat().find((each) => !TERMINAL_STATUSES.includes(each));
  if (strange === undefined) return;
  const known = TERMINAL_STATUSES.join(', ');
  throw new InvalidRuleError(`rule "${name}" has the unknown status "${strange}"; use ${known}`);
}

/**
 * Checks a loaded follow-ups file against the stage that it is loaded in, before it is asked about any run.
 *
 * @throws InvalidRuleError if the file exports anything but the result of `followUps`
 * @throws MissingWorkflowError
 */
export function checkFollowUps(loaded: FollowUps, stage: string, ids: WorkflowIds): void {
  // Not every follow-ups file is type-checked.
  if (!Array.isArray((loaded as Partial<FollowUps> | undefined)?.rules))
    throw new InvalidRuleError('the default export is not the result of followUps(…)');
  requireWorkflows(loaded.workflows, stage, ids);
}
