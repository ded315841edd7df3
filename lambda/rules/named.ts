import { TERMINAL_STATUSES, type TerminalStatus } from '../cyberdesk/run-status.ts';
import { type Action, SecretReference } from './actions.ts';
import type { Surroundings } from './events.ts';
import type { FollowUps } from './follow-ups.ts';
import { remedy } from './nearest.ts';
import type { AnyRule } from './rule.ts';
import { isSecretArn } from './secret-arn.ts';
import { isKnown, partlyKnown } from './unknown.ts';

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

/**
 * Checks what the actions of a rule name.
 *
 * @throws UnknownDestinationError
 * @throws UnusableSecretError
 */
export function checkNamed(rule: string, actions: readonly Action[], stage: Nameable): void {
  for (const action of actions.flatMap(withOthers)) {
    if (action.kind === 'deliver') checkDestination(rule, action.destination, stage);
    for (const { id } of secretsIn(action)) checkSecret(rule, id, stage);
  }
}

/**
 * Asks the rules before there is any event, and checks what they name. Of an event only its type and status are known then, so
 * what depends on more does not show.
 *
 * @throws UnknownDestinationError
 * @throws UnusableSecretError
 */
export function checkNamedBy({ rules }: FollowUps, stage: Nameable & StageOfRules): void {
  for (const rule of rules)
    for (const status of statusesOf(rule)) checkNamed(rule.name, foreseen(rule, status, stage), stage);
}

function checkDestination(rule: string, destination: unknown, { stage, destinations }: Nameable): void {
  if (!isKnown(destination) || destinations === undefined || destinations.includes(destination)) return;
  const next = `set destinations.${destination}, or deliver in other stages only`;
  throw new UnknownDestinationError(
    `rule "${rule}" delivers to "${destination}", which stage "${stage}" does not have; ${remedy(destination, destinations, next)}`,
  );
}

function checkSecret(rule: string, id: unknown, { stage, sensitiveSecretArns }: Nameable): void {
  if (!isKnown(id)) return;
  const refuse = (problem: string) =>
    new UnusableSecretError(`rule "${rule}" asks for the secret "${id}", which ${problem}`);
  if (!isSecretArn(id)) throw refuse('is not a complete ARN; name it as in sensitiveSecretArns');
  // The ARN of a secret that is created with the stack is not known before the deployment.
  if (sensitiveSecretArns?.every(isSecretArn) !== true || sensitiveSecretArns.includes(id)) return;
  throw refuse(`stage "${stage}" does not allow; add it to sensitiveSecretArns`);
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
