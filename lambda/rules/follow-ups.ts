import { TERMINAL_STATUSES } from '../cyberdesk/run-status.ts';
import type { AnyRule, MachinesRule, OtherRule, RuleDefinition, TypedRule } from './rule.ts';
import {
  requireWorkflows,
  type Schemas,
  type TypedName,
  unknownWorkflow,
  type WithTypes,
  type WorkflowIds,
  type Workflows,
} from './workflows.ts';

/** The rules of an installation, as `followUps` returns them. */
export interface FollowUps {
  /** In the order in which they are asked. */
  rules: readonly AnyRule[];
  /**
   * The workflows that they name.
   *
   * @default - none
   */
  workflows?: Workflows;
}

/** What the rules need from the stage settings; it comes first in `followUps`. */
export interface Declaration<W extends Workflows, S extends Schemas = Schemas> {
  /** The workflows that the rules name, each `required` in every stage or `optional`. */
  workflows: W;
  /**
   * The types of their inputs and outputs, as `npx --no cyberdesk-webhooks types` writes them:
   * `import { schemas } from './cyberdesk.generated.ts'`.
   *
   * @default - any JSON
   */
  schemas?: S;
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
 * A rule, as what it says of itself determines it: the payload that its guard finds out, or the name of the workflow whose
 * types are known. Only with such a name is it a typed rule, and then nothing else: where `workflow` is a function, or a variable
 * with several names, the compiler cannot choose between the two kinds, and would know the type of no parameter of `actions`.
 */
type RuleFor<W extends Workflows, Known> = [Known] extends [keyof W & string]
  ? [Known & TypedName<W>] extends [never]
    ? UntypedRule<W, Known>
    : TypedRule<W, Known>
  : UntypedRule<W, Known>;

type UntypedRule<W extends Workflows, Payload> = RuleDefinition<W> | MachinesRule<W> | OtherRule<W, Payload>;

/** A rule for each payload, or workflow, that is found out in one; nothing is where a rule has neither. */
type RulesFor<W extends Workflows, Known extends readonly unknown[]> = {
  [Index in keyof Known]: RuleFor<W, Known[Index]>;
};

/**
 * No field of a rule. The compiler speaks of the last overload only: with a mistake in rules that have no declaration, it
 * would otherwise say that a declaration has no `name`.
 */
type NoRule = { readonly [Field in keyof RuleDefinition]?: never };

/**
 * Declares rules that name no workflows of the stage settings. Every matching rule is asked, in order.
 *
 * @throws InvalidRuleError
 * @throws DuplicateRuleNameError
 */
export function followUps<Payloads extends readonly unknown[]>(
  ...rules: RulesFor<Record<never, never>, Payloads>
): FollowUps;
/**
 * Declares the rules. Every matching rule is asked, in order.
 *
 * @param declaration `{ workflows: { next: 'required' } }`, if the rules name workflows of the stage settings; may be
 * left out.
 * @throws InvalidRuleError
 * @throws DuplicateRuleNameError
 */
export function followUps<
  Payloads extends readonly unknown[],
  W extends Workflows = Record<never, never>,
  S extends Schemas = Record<never, never>,
>(
  declaration: (Declaration<W, S> & NoRule) | AnyRule<Record<never, never>>,
  ...rules: RulesFor<WithTypes<NoInfer<W>, NoInfer<S>>, Payloads>
): FollowUps;
// The types of rules depend on what each of them names, which only the signatures above know.
export function followUps(...given: unknown[]): FollowUps {
  const [first] = given as (Declaration<Workflows> | AnyRule)[];
  const isDeclaration = first !== undefined && 'workflows' in first;
  // That every stage has the ids that these types promise is checked when the rules are loaded.
  const rules = (isDeclaration ? given.slice(1) : given) as AnyRule[];
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

type FieldsOf<R> = Readonly<Record<keyof R, true>>;

const RUN_FIELDS: FieldsOf<Omit<RuleDefinition, 'guard'>> = {
  name: true,
  event: true,
  status: true,
  workflow: true,
  exceptWorkflow: true,
  failedChecks: true,
  actions: true,
};
const MACHINES_FIELDS: FieldsOf<Omit<MachinesRule, 'guard' | 'workflow'>> = {
  name: true,
  event: true,
  actions: true,
};
const OTHER_FIELDS: FieldsOf<Omit<OtherRule, 'workflow'>> = {
  name: true,
  event: true,
  guard: true,
  actions: true,
};

function fieldsOf(event: unknown): Readonly<Record<string, true>> {
  if (event === 'run_complete') return RUN_FIELDS;
  return event === 'downed_machines' ? MACHINES_FIELDS : OTHER_FIELDS;
}

function checkRule(rule: AnyRule, position: number): void {
  if (typeof rule.name !== 'string' || rule.name === '')
    throw new InvalidRuleError(`rule ${position} has no name`);
  const problem = problemOf(rule);
  if (problem !== undefined) throw new InvalidRuleError(`rule "${rule.name}" ${problem}`);
}

/** Not every follow-ups file is type-checked. */
function problemOf(rule: AnyRule): string | undefined {
  const { event = 'run_complete', actions } = rule;
  if (typeof event !== 'string' || event === '') return 'has an "event" that is not the name of a type';
  const fields = fieldsOf(event);
  // A condition with a mistake in its name, or of runs in a rule about other events, would let the rule apply to all.
  const unknown = Object.keys(rule).find((field) => !Object.hasOwn(fields, field));
  if (unknown !== undefined) {
    const isOfOthers = Object.hasOwn({ ...RUN_FIELDS, ...OTHER_FIELDS }, unknown);
    return isOfOthers
      ? `is about ${event} events, and cannot have the field "${unknown}"`
      : `has the unknown field "${unknown}"`;
  }
  if (typeof actions !== 'function') return 'has no function "actions"';
  if (fields === OTHER_FIELDS && typeof rule.guard !== 'function')
    return `is about ${event} events, whose payload is not known, and has no function "guard"`;
  const status = 'status' in rule ? [rule.status ?? []].flat() : [];
  const strange = status.find((each) => !TERMINAL_STATUSES.includes(each));
  if (strange === undefined) return undefined;
  return `has the unknown status "${strange}"; use ${TERMINAL_STATUSES.join(', ')}`;
}

/**
 * The rules that a follow-ups file exports. One that a compiler has made CommonJS has its default export among its exports.
 *
 * @param imported What `import … from` gives.
 * @throws InvalidRuleError if it is anything but the result of `followUps`
 */
export function loadedFrom(imported: FollowUps & { default?: FollowUps }): FollowUps {
  const loaded: Partial<FollowUps> | undefined = imported?.default ?? imported;
  // Not every follow-ups file is type-checked.
  if (!Array.isArray(loaded?.rules))
    throw new InvalidRuleError('the default export is not the result of followUps(…)');
  return loaded as FollowUps;
}

/**
 * Checks rules against the stage that they are loaded in, before they are asked about any run.
 *
 * @throws MissingWorkflowError
 * @throws UnknownWorkflowError
 */
export function checkFollowUps(loaded: FollowUps, stage: string, ids: WorkflowIds): void {
  requireWorkflows(loaded.workflows, stage, ids);
  for (const rule of loaded.rules) {
    const problem = unknownWorkflow(rule, loaded.workflows, ids);
    if (problem) throw problem;
  }
}
