import type { Action } from '../../rules/actions.ts';
import type { FollowUps } from '../../rules/follow-ups.ts';
import { ask, type Occurrence } from '../../rules/rule.ts';
import { type ActionKind, type ActionOf, type ActionRecord, actionKey, type Reason } from '../model/index.ts';
import { kindOf } from './kinds/index.ts';
import { MisplacedReferenceError, serialize, TooDeepError } from './serialize.ts';

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

export type Plan = { kind: 'planned'; actions: ActionRecord[] } | { kind: 'failed'; reason: Reason };

/** Asks the rules what to do about what has happened. Pure, as the rules are. */
export function plan(rules: FollowUps, about: Occurrence, context: PlanContext): Plan {
  const planned: Planned[] = [];
  try {
    for (const rule of rules.rules) {
      const asked = [synchronous(ask(rule, about)) ?? []].flat();
      const actions = asked.flatMap((action) => settleRetries(action, about.retries));
      actions.forEach((action, position) => {
        planned.push(record(action, { rule: rule.name, position }, context));
      });
    }
  } catch (error) {
    // The error may quote the payload, so its text goes nowhere.
    return { kind: 'failed', reason: reasonOf(error) };
  }
  // The guard against rules that trigger each other forever. Announcements and bounded retries cannot.
  if (planned.some(({ startsRuns }) => startsRuns) && about.depth >= context.maxFollowUpDepth)
    return { kind: 'failed', reason: 'depth_exceeded' };
  return { kind: 'planned', actions: planned.map(({ action }) => action) };
}

function reasonOf(error: unknown): Reason {
  if (error instanceof MisplacedReferenceError) return 'reference_misplaced';
  return error instanceof TooDeepError ? 'too_deep' : 'rule_threw';
}

/** An async rule returns no actions yet. Its rejection may quote the payload, and the runtime would log it. */
function synchronous<T>(returned: T): T {
  if (!(returned instanceof Promise)) return returned;
  returned.catch(() => {});
  throw new TypeError('rules must not be async');
}

/** Replaces an action by its alternative where it has one to fall back on, over and over: a retry that is used up. */
export function settleRetries<K extends ActionKind>(action: ActionOf<K>, retries: number): Action[] {
  const instead = kindOf<K>(action).insteadOf?.(action, retries);
  return instead ? instead.flatMap((other) => settleRetries(other, retries)) : [action];
}

interface Planned {
  action: ActionRecord;
  startsRuns: boolean;
}

function record<K extends ActionKind>(
  action: ActionOf<K>,
  { rule, position }: { rule: string; position: number },
  context: PlanContext,
): Planned {
  const { generation, installation, subject, completion } = context;
  const kind = kindOf<K>(action);
  const key = actionKey({ installation, subject, completion, rule, position, generation });
  const correlate = kind.correlate?.(action);
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
      ...(placeholders.length > 0 && { placeholders }),
      tries: 0,
      delayed: 0,
    },
  };
}
