import type { Action } from '../../rules/actions.ts';
import type { FollowUps } from '../../rules/follow-ups.ts';
import { type Finished, matches } from '../../rules/rule.ts';
import { type ActionKind, type ActionOf, type ActionRecord, actionKey, type Reason } from '../model/index.ts';
import { kindOf } from './kinds/index.ts';
import { MisplacedReferenceError, serialize, TooDeepError } from './serialize.ts';

export interface PlanContext {
  installation: string;
  /** Sort key of the completion. */
  completion: string;
  maxFollowUpDepth: number;
  /** The round in which this is planned. */
  generation: number;
}

export type Plan = { kind: 'planned'; actions: ActionRecord[] } | { kind: 'failed'; reason: Reason };

/** Asks the rules what to do about a finished run. Pure, as the rules are. */
export function plan(rules: FollowUps, finished: Finished, context: PlanContext): Plan {
  const planned: Planned[] = [];
  try {
    for (const rule of rules.rules.filter((rule) => matches(rule, finished))) {
      const asked = [synchronous(rule.actions(finished)) ?? []].flat();
      const actions = asked.flatMap((action) => settleRetries(action, finished.retries));
      actions.forEach((action, position) => {
        planned.push(record(action, { rule: rule.name, position }, finished, context));
      });
    }
  } catch (error) {
    // The error may quote the payload, so its text goes nowhere.
    return { kind: 'failed', reason: reasonOf(error) };
  }
  // The guard against rules that trigger each other forever. Announcements and bounded retries cannot.
  if (planned.some(({ startsRuns }) => startsRuns) && finished.depth >= context.maxFollowUpDepth)
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
  { run }: Finished,
  context: PlanContext,
): Planned {
  const { generation, installation, completion } = context;
  const kind = kindOf<K>(action);
  const key = actionKey({ installation, runId: run.id, completion, rule, position, generation });
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
      ...('correlate' in action && action.correlate !== undefined && { correlate: action.correlate }),
      ...(placeholders.length > 0 && { placeholders }),
      tries: 0,
      delayed: 0,
    },
  };
}
