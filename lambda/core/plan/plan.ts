import type { Action } from '../../rules/actions.ts';
import { type Finished, type FollowUps, matches } from '../../rules/rule.ts';
import type { ActionKind, ActionRecord, Reason } from '../model/index.ts';
import { actionKey } from '../model/index.ts';
import { MisplacedReferenceError, serialize } from './serialize.ts';

export interface PlanContext {
  installation: string;
  /** Sort key of the completion. */
  completion: string;
  maxFollowUpDepth: number;
  /** The round in which this is planned. */
  generation: number;
}

const KINDS = new Set<ActionKind>(['startRun', 'startChain', 'retryRun', 'notify', 'publish']);

export type Plan = { actions: ActionRecord[] } | { failure: { reason: Reason } };

/** Asks the rules what is to be done about a finished run. Pure, as the rules are. */
export function plan(rules: FollowUps, finished: Finished, context: PlanContext): Plan {
  let actions: ActionRecord[];
  try {
    actions = rules.rules
      .filter((rule) => matches(rule, finished))
      .flatMap((rule) =>
        [settled(rule.actions(finished)) ?? []]
          .flat()
          .flatMap((action) => boundRetries(action, finished.retries))
          .map((action, position) => record(action, rule.name, position, finished, context)),
      );
  } catch (error) {
    // What it threw may quote the payload, so its text goes nowhere.
    const reason = error instanceof MisplacedReferenceError ? 'reference_misplaced' : 'rule_threw';
    return { failure: { reason } };
  }
  // The guard against rules that follow each other for ever. Announcements and bounded retries cannot.
  const starts = actions.some(({ kind }) => kind === 'startRun' || kind === 'startChain');
  if (starts && finished.depth >= context.maxFollowUpDepth) return { failure: { reason: 'depth_exceeded' } };
  return { actions };
}

/** An async rule has no actions yet; what it may reject with quotes the payload, and would be logged by the runtime. */
function settled<T>(returned: T): T {
  if (!(returned instanceof Promise)) return returned;
  returned.catch(() => {});
  throw new TypeError('rules are not async');
}

function boundRetries(action: Action, retries: number): Action[] {
  if (action.kind !== 'retryRun') return [action];
  // Rules may be plain JavaScript; without a number nothing would ever stop them.
  if (!Number.isInteger(action.max)) throw new TypeError('retryRun needs a whole number as its max');
  if (retries < action.max) return [action];
  return action.otherwise.flatMap((other) => boundRetries(other, retries));
}

function record(
  action: Action,
  rule: string,
  position: number,
  { run }: Finished,
  context: PlanContext,
): ActionRecord {
  const { generation, installation, completion } = context;
  const key = actionKey({ installation, runId: run.id, completion, rule, position, generation });
  const { body, placeholders } = serialize(contentOf(action));
  return {
    rule,
    position,
    kind: action.kind,
    generation,
    key,
    body,
    ...(placeholders.length > 0 && { placeholders }),
    tries: 0,
    delayed: 0,
  };
}

const ATTRIBUTE_NAME = /^(?!aws\.|amazon\.|\.)(?!.*\.\.)[\w.-]{1,256}(?<!\.)$/i;

/** SNS refuses what is empty, and would do so for a day of tries. */
function text(value: unknown): string {
  if (typeof value === 'string' && value.trim() !== '') return value;
  throw new TypeError('subjects and attributes of announcements are texts that are not empty');
}

function contentOf(action: Action): unknown {
  // Rules may be plain JavaScript; an unknown kind must not be sent as some other.
  if (!KINDS.has(action.kind)) throw new TypeError('a rule returned an action of unknown kind');
  if (action.kind === 'notify') return { subject: text(action.subject) };
  if (action.kind === 'publish') {
    for (const [name, value] of Object.entries(action.attributes)) {
      if (!ATTRIBUTE_NAME.test(name)) throw new TypeError('SNS takes no attribute of this name');
      text(value);
    }
    return { attributes: action.attributes };
  }
  return action.body;
}

/**
 * Takes a fresh plan into one that was tried: a redrive or a replan. What has a result, or may have one, keeps
 * its plan and its key. What was refused for certain is replaced by what today's rules say in its place, and what
 * they newly say is added. Nothing is asked for twice: rule and position name an action.
 */
export function mergePlans(
  old: readonly ActionRecord[],
  fresh: readonly ActionRecord[],
  isRefused: (action: ActionRecord) => boolean,
): ActionRecord[] {
  const kept = old.filter((action) => !isRefused(action)).map(withFreshTries);
  const isKept = ({ rule, position }: ActionRecord) =>
    kept.some((other) => other.rule === rule && other.position === position);
  return [...kept, ...fresh.filter((action) => !isKept(action))];
}

function withFreshTries(action: ActionRecord): ActionRecord {
  if (action.result) return action;
  const { failure: _failure, not_before: _wait, ...rest } = action;
  return { ...rest, tries: 0, delayed: 0 };
}
