import { TERMINAL_STATUSES, type TerminalStatus } from '../cyberdesk/run-status.ts';
import { type Action, SecretReference } from './actions.ts';
import type { Surroundings } from './events.ts';
import type { FollowUps } from './follow-ups.ts';
import { remedy } from './nearest.ts';
import type { AnyRule } from './rule.ts';
import { isSecretArn } from './secret-arn.ts';
import { isKnown, partlyKnown } from './unknown.ts';
import { unknownWorkflow } from './workflows.ts';

/** What the actions of rules may name in a stage. */
export interface Nameable {
  /** Name of the stage. */
  readonly stage: string;
  /**
   * Names of its destinations.
   *
   * @default - not known: any name will do
   */
  readonly destinations?: readonly string[] | undefined;
  /**
   * Its `sensitiveSecretArns`.
   *
   * @default - not known: any complete ARN will do
   */
  readonly sensitiveSecretArns?: readonly string[] | undefined;
}

/** What rules see of a stage. */
type StageOfRules = Pick<Surroundings, 'stage' | 'workflowIds'>;

/** A rule delivers to a destination that the stage does not have: every event that it applies to would fail. */
export class UnknownDestinationError extends Error {
  override name = 'UnknownDestinationError';
}

/** A rule asks for a secret that no processor of the stage may read: every event that it applies to would fail. */
export class UnusableSecretError extends Error {
  override name = 'UnusableSecretError';
}

/** What an action of a rule names and its stage does not have: an UnknownDestinationError or an UnusableSecretError. */
export const misnamed = (rule: string, actions: readonly Action[], stage: Nameable): Error[] =>
  actions.flatMap(withOthers).flatMap((action) => {
    const problems = [...secretsIn(action)].map(({ id }) => secretProblem(rule, id, stage));
    if (action.kind === 'deliver') problems.push(destinationProblem(rule, action.destination, stage));
    return problems.filter((problem) => problem !== undefined);
  });

/**
 * The same of all rules and of the workflows that they name, at most one problem each, by the name of the rule. The rules are
 * asked before there is any event: only its type and status are known then, so what depends on more does not show.
 */
export function misnamedBy(
  { rules, workflows }: FollowUps,
  stage: Nameable & StageOfRules,
): Map<string, Error> {
  const found = new Map<string, Error>();
  for (const rule of rules) {
    const actions = statusesOf(rule).flatMap((status) => foreseen(rule, status, stage));
    const [first] = misnamed(rule.name, actions, stage);
    const problem = unknownWorkflow(rule, workflows, stage.workflowIds) ?? first;
    if (problem) found.set(rule.name, problem);
  }
  return found;
}

function destinationProblem(rule: string, destination: unknown, { stage, destinations }: Nameable) {
  if (!isKnown(destination) || destinations === undefined || destinations.includes(destination))
    return undefined;
  const next = `set destinations.${destination}, or deliver in other stages only`;
  return new UnknownDestinationError(
    `rule "${rule}" delivers to "${destination}", which stage "${stage}" does not have; ${remedy(destination, destinations, next)}`,
  );
}

function secretProblem(rule: string, id: unknown, { stage, sensitiveSecretArns }: Nameable) {
  if (!isKnown(id)) return undefined;
  const problem = (what: string) =>
    new UnusableSecretError(`rule "${rule}" asks for the secret "${id}", which ${what}`);
  if (!isSecretArn(id)) return problem('is not a complete ARN; name it as in sensitiveSecretArns');
  // The ARN of a secret that is created with the stack is not known before the deployment.
  if (sensitiveSecretArns?.every(isSecretArn) !== true || sensitiveSecretArns.includes(id)) return undefined;
  return problem(`stage "${stage}" does not allow; add it to sensitiveSecretArns`);
}

const statusesOf = (rule: AnyRule): readonly TerminalStatus[] =>
  'status' in rule && rule.status !== undefined ? [rule.status].flat() : TERMINAL_STATUSES;

/** What a rule asks for, as far as the status says. A rule that throws would perhaps not do so with a real event. */
function foreseen(rule: AnyRule, status: TerminalStatus, { stage, workflowIds }: StageOfRules): Action[] {
  const run = partlyKnown({ status, output_attachment_ids: [] });
  const about = partlyKnown({ stage, workflowIds, run, event: partlyKnown({ run }), depth: 0, retries: 0 });
  try {
    const asked: unknown = rule.actions(about as never);
    if (asked instanceof Promise) asked.catch(() => undefined);
    return [asked].flat().filter(isAction);
  } catch {
    return [];
  }
}

const isAction = (value: unknown): value is Action =>
  typeof value === 'object' && value !== null && 'kind' in value;

/** An action, and those that are done in its place. */
const withOthers = (action: Action): Action[] =>
  action.kind === 'retryRun' && Array.isArray(action.otherwise)
    ? [action, ...action.otherwise.flatMap(withOthers)]
    : [action];

function* secretsIn(value: unknown, seen = new Set<unknown>()): Generator<SecretReference> {
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  if (value instanceof SecretReference) yield value;
  else for (const part of Object.values(value)) yield* secretsIn(part, seen);
}
