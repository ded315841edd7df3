import { type Action, MisplacedReferenceError } from '../../rules/actions.ts';
import type { FollowUps } from '../../rules/follow-ups.ts';
import { type Occurrence, questionTo } from '../../rules/rule.ts';
import {
  type ActionKind,
  type ActionOf,
  type ActionRecord,
  actionKey,
  describeThrown,
  type Idleness,
  type Reason,
  type Thrown,
} from '../model/index.ts';
import { kindOf } from './kinds/index.ts';
import { LARGEST_PLAN, MAX_ACTIONS } from './plan-size.ts';
import { isTooDeep, serialize, TooDeepError } from './serialize.ts';

export interface PlanContext {
  installation: string;
  /** Id of what the event is about. */
  subject: string;
  /** Sort key of the completion. */
  completion: string;
  maxFollowUpDepth: number;
  /** The round in which this is planned. */
  generation: number;
}

export type Plan =
  | { kind: 'planned'; actions: ActionRecord[]; idle?: Record<string, Idleness> }
  | { kind: 'failed'; reason: Reason; thrown?: Thrown };

const TOO_MANY: Plan = { kind: 'failed', reason: 'too_many_actions' };

/** Asks the rules what to do about what has happened. Pure, as the rules are. */
export function plan(rules: FollowUps, about: Occurrence, context: PlanContext): Plan {
  const planned: Planned[] = [];
  const idle: [rule: string, why: Idleness][] = [];
  let size = 0;
  for (const rule of rules.rules) {
    try {
      const question = questionTo(rule, about);
      if (question.kind === 'not_met') {
        idle.push([rule.name, question.mismatch]);
        continue;
      }
      const asked = [synchronous(question.ask()) ?? []].flat();
      if (asked.length === 0) idle.push([rule.name, 'nothing']);
      const actions = asked.flatMap((action) => settleRetries(action, about));
      // Before any is written as JSON: a rule that asks for one run per row may pass the whole list to each of them.
      if (planned.length + actions.length > MAX_ACTIONS) return TOO_MANY;
      for (const [position, action] of actions.entries()) {
        const recorded = record(action, { rule: rule.name, position }, context);
        planned.push(recorded);
        size += recorded.action.body?.length ?? 0;
        if (size > LARGEST_PLAN) return TOO_MANY;
      }
    } catch (error) {
      return {
        kind: 'failed',
        reason: reasonOf(error, about.event),
        thrown: describeThrown(rule.name, error),
      };
    }
  }
  // The guard against rules that trigger each other forever. Announcements and bounded retries cannot.
  if (planned.some(({ startsRuns }) => startsRuns) && about.depth >= context.maxFollowUpDepth)
    return { kind: 'failed', reason: 'depth_exceeded' };
  return { kind: 'planned', actions: planned.map(({ action }) => action), ...withIdle(idle) };
}

/** More would cost a write unit with each write of the completion; a stage with more rules has a shorter explanation. */
const MOST_IDLE = 16;
const LONGEST_NAME = 64;

function withIdle(idle: readonly [rule: string, why: Idleness][]): { idle?: Record<string, Idleness> } {
  const kept = idle.filter(([rule]) => rule.length <= LONGEST_NAME).slice(0, MOST_IDLE);
  return kept.length > 0 ? { idle: Object.fromEntries(kept) } : {};
}

/**
 * Why an event fails whose rules throw this.
 *
 * @param event What they saw: a rule that writes or copies a payload nested this deeply is not at fault if its stack overflows.
 */
export function reasonOf(error: unknown, event?: unknown): Reason {
  try {
    if (error instanceof MisplacedReferenceError) return 'reference_misplaced';
    if (error instanceof NoRunError) return 'no_run';
    const isDeep = error instanceof TooDeepError || (error instanceof RangeError && isTooDeep(event));
    return isDeep ? 'too_deep' : 'rule_threw';
  } catch {
    // A proxy may throw when it is looked at.
    return 'rule_threw';
  }
}

/** An async rule returns no actions yet. Its rejection may quote the payload, and the runtime would log it. */
function synchronous<T>(returned: T): T {
  if (!(returned instanceof Promise)) return returned;
  returned.catch(() => {});
  throw new AsyncRuleError('rules must not be async');
}

/** A rule returned a promise. The types stop this, JavaScript does not. */
export class AsyncRuleError extends Error {
  override name = 'AsyncRuleError';
}

/** A rule about another event asks for what only a run that has ended can get. The types stop this, JavaScript does not. */
export class NoRunError extends Error {
  override name = 'NoRunError';
}

/**
 * Replaces an action by its alternative where it has one to fall back on, over and over: a retry that is used up.
 *
 * @throws NoRunError
 */
export function settleRetries<K extends ActionKind>(action: ActionOf<K>, about: Occurrence): Action[] {
  const { insteadOf, needsRun } = kindOf<K>(action);
  if (needsRun && about.kind !== 'run_complete')
    throw new NoRunError(`${action.kind} needs a run that has ended, and this event has none`);
  const instead = insteadOf?.(action, about.retries);
  return instead ? instead.flatMap((other) => settleRetries(other, about)) : [action];
}

interface Planned {
  action: ActionRecord;
  startsRuns: boolean;
}

/**
 * An action as it is stored.
 *
 * @throws what makes the event fail: {@link reasonOf} it
 */
export function record<K extends ActionKind>(
  action: ActionOf<K>,
  { rule, position }: { rule: string; position: number },
  context: PlanContext,
): Planned {
  const { generation, installation, subject, completion } = context;
  const kind = kindOf<K>(action);
  const key = actionKey({ installation, subject, completion, rule, position, generation });
  const correlate = kind.correlate?.(action);
  const destination = kind.destination?.(action);
  const { body, placeholders } = serialize(kind.content(action, key), kind.references);
  return {
    startsRuns: kind.startsRuns,
    action: {
      rule,
      position,
      kind: action.kind,
      generation,
      key,
      body,
      ...(correlate !== undefined && { correlate }),
      ...(destination !== undefined && { destination }),
      ...(placeholders.length > 0 && { placeholders }),
      tries: 0,
      delayed: 0,
    },
  };
}
