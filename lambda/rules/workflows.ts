import type { JsonObject } from './json.ts';
import { nearest, remedy } from './nearest.ts';

/**
 * The workflows of the stage settings that the rules name. A stage that lacks the id of a `required` one cannot be
 * synthesized; an `optional` one is undefined in a stage that lacks it.
 */
export type Workflows = Readonly<Record<string, 'required' | 'optional'>>;

/** The types that `cyberdesk.generated.ts` makes of the schemas of workflows, by their names. */
export type Schemas = Readonly<Record<string, WorkflowTypes>>;

/** What the schemas of a workflow say of its runs. */
export interface WorkflowTypes {
  /** Its inputs, the sensitive ones under names that begin with `$`. */
  input: unknown;
  /** Its output. */
  output: unknown;
}

declare const TYPES: unique symbol;
declare const INPUT: unique symbol;

/** The workflows with the types of those that the generated file knows. */
export type WithTypes<W extends Workflows, S extends Schemas> = {
  readonly [Name in keyof W]: Name extends keyof S ? W[Name] & { readonly [TYPES]: S[Name] } : W[Name];
};

/** The names of the workflows whose types are known. */
export type TypedName<W extends Workflows> = keyof {
  [Name in keyof W as W[Name] extends { readonly [TYPES]: unknown } ? Name : never]: true;
} &
  string;

/** The types of a workflow, or of each of several; of one without schemas, any JSON. */
export type TypesOf<Need> = Need extends { readonly [TYPES]: infer Types extends WorkflowTypes }
  ? Types
  : { input: JsonObject; output: JsonObject };

/** The id of a workflow whose inputs are known. */
export type TypedId<Input> = string & { readonly [INPUT]: Input };

type IdOf<Need> = Need extends { readonly [TYPES]: infer Types extends WorkflowTypes }
  ? TypedId<Types['input']>
  : string;

/** The id of each workflow in the stage that the rules run in. */
export type WorkflowIds<W extends Workflows = Workflows> = {
  readonly [Name in keyof W]: W[Name] extends 'required' ? IdOf<W[Name]> : IdOf<W[Name]> | undefined;
};

/** The types of schemas, as a value for `followUps`. They are all that it carries: there is nothing in it. */
export const schemasOf = <S extends Schemas>(): S => ({}) as S;

/** A workflow id as it is written out; without the dashes, a misspelt name would pass for one. */
type Uuid = `${string}-${string}-${string}-${string}-${string}`;

/** At run time an API is allowed other ids, such as `wf_12`, which no word of letters is taken for. */
const ID_LIKE = /[\d-]/;

/** A workflow: one of the names that the rules declare, an id, or a function that picks an id of the stage. */
export type WorkflowMatcher<W extends Workflows = Workflows> =
  | (keyof W & string)
  | Uuid
  | ((ids: WorkflowIds<W>) => string | undefined);

/** A stage has no id for a workflow that the rules require. */
export class MissingWorkflowError extends Error {
  override name = 'MissingWorkflowError';
}

/**
 * Checks that a stage has an id for each workflow that the rules require.
 *
 * @throws MissingWorkflowError
 */
export function requireWorkflows(workflows: Workflows = {}, stage: string, ids: WorkflowIds): void {
  for (const [name, need] of Object.entries(workflows)) {
    if (need === 'optional' || hasId(ids, name)) continue;
    throw new MissingWorkflowError(
      `stage "${stage}" has no id for the workflow "${name}", which the rules require; set workflowIds.${name}`,
    );
  }
}

/** A workflow may have any name, such as `constructor`. */
const hasId = (ids: WorkflowIds, name: string): boolean =>
  Object.hasOwn(ids, name) && ids[name] !== undefined;

/** A rule names a workflow that is not known: it would never apply, or to every run, and nothing would say so. */
export class UnknownWorkflowError extends Error {
  override name = 'UnknownWorkflowError';
}

/** What of a rule names a workflow. */
type Naming = { readonly [Field in 'workflow' | 'exceptWorkflow']?: WorkflowMatcher | undefined };

/**
 * Whether a rule names only workflows that the rules declare, workflows of the stage, and ids. The compiler is stricter, but it
 * is not asked before a deployment, nor when an edit is taken up. What a function picks shows only when it is called.
 *
 * @returns Undefined if it does.
 */
export function unknownWorkflow(
  rule: { readonly name: string } & Naming,
  workflows: Workflows = {},
  ids: WorkflowIds,
): UnknownWorkflowError | undefined {
  const names = new Set([...Object.keys(workflows), ...Object.keys(ids)]);
  const known = new Set<unknown>([...names, ...Object.values(ids)]);
  for (const field of ['workflow', 'exceptWorkflow'] as const) {
    const matcher: unknown = rule[field];
    if (typeof matcher !== 'string' || known.has(matcher)) continue;
    if (ID_LIKE.test(matcher) && nearest(matcher, names) === undefined) continue;
    const declare = `declare it: { workflows: { ${matcher}: 'optional' } }`;
    return new UnknownWorkflowError(
      `rule "${rule.name}" has the ${field} "${matcher}", which is neither an id nor a workflow that the rules declare; ` +
        remedy(matcher, names, declare),
    );
  }
  return undefined;
}

/** A stage has an id under a name that the rules do not declare, and none for one that they do. */
export class UndeclaredWorkflowError extends Error {
  override name = 'UndeclaredWorkflowError';
}

/**
 * Checks that no workflow is misspelt in a stage: an `optional` one would be without its id, and nothing would say so. A
 * name that the rules do not declare is no mistake where all that they declare have their ids.
 *
 * @throws UndeclaredWorkflowError
 */
export function refuseMisspelt(workflows: Workflows = {}, stage: string, ids: WorkflowIds): void {
  const missing = Object.keys(workflows).find((name) => !hasId(ids, name));
  const undeclared = Object.keys(ids).find((name) => !Object.hasOwn(workflows, name));
  if (missing === undefined || undeclared === undefined) return;
  throw new UndeclaredWorkflowError(
    `stage "${stage}" has an id for the workflow "${undeclared}", which the rules do not declare, and no id for "${missing}"; ` +
      `if it is misspelt, rename workflowIds.${undeclared}, otherwise declare it: { workflows: { ${undeclared}: 'optional' } }`,
  );
}

/** The id that a matcher stands for in this stage; undefined if the stage has none. */
export function idOf(matcher: WorkflowMatcher, ids: WorkflowIds): string | undefined {
  if (typeof matcher === 'function') return matcher(ids);
  return Object.hasOwn(ids, matcher) ? ids[matcher] : matcher;
}
