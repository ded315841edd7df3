import { type Action, AttachmentsReference, SecretReference } from '../rules/actions.ts';
import { type Finished, type FollowUps, matches } from '../rules/rule.ts';
import type { ActionKind, ActionRecord, Placeholder } from './items.ts';
import { actionKey } from './keys.ts';
import type { Reason } from './reasons.ts';

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
        [rule.actions(finished) ?? []]
          .flat()
          .flatMap((action) => boundRetries(action, finished.retries))
          .map((action, position) => record(action, rule.name, position, finished, context)),
      );
  } catch {
    // What it threw may quote the payload, so its text goes nowhere.
    return { failure: { reason: 'rule_threw' } };
  }
  // The guard against rules that follow each other for ever. Announcements and bounded retries cannot.
  const starts = actions.some(({ kind }) => kind === 'startRun' || kind === 'startChain');
  if (starts && finished.depth >= context.maxFollowUpDepth) return { failure: { reason: 'depth_exceeded' } };
  return { actions };
}

const boundRetries = (action: Action, retries: number): Action[] =>
  action.kind === 'retryRun' && retries >= action.max
    ? action.otherwise.flatMap((other) => boundRetries(other, retries))
    : [action];

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

function contentOf(action: Action): unknown {
  // Rules may be plain JavaScript; an unknown kind must not be sent as some other.
  if (!KINDS.has(action.kind)) throw new TypeError('a rule returned an action of unknown kind');
  if (action.kind === 'notify') return { subject: action.subject };
  if (action.kind === 'publish') return { attributes: action.attributes };
  return action.body;
}

/**
 * A body as JSON text, with null in the place of each reference and the references beside it. It is stored and
 * sent as text: key order and bytes are part of the idempotency contract.
 */
function serialize(content: unknown): { body: string; placeholders: Placeholder[] } {
  const placeholders: Placeholder[] = [];
  const walk = (value: unknown, path: string[]): unknown => {
    if (value instanceof SecretReference) {
      const { id, field } = value;
      placeholders.push({ path, secret: { id, ...(field !== undefined && { field }) } });
      return null;
    }
    if (value instanceof AttachmentsReference) {
      placeholders.push({ path, attachments: { ids: value.ids } });
      return null;
    }
    if (Array.isArray(value)) return value.map((entry, index) => walk(entry, [...path, String(index)]));
    if (typeof value !== 'object' || value === null || 'toJSON' in value) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => [key, walk(entry, [...path, key])]),
    );
  };
  // A rule that returns what has no JSON (a cycle, a BigInt) has thrown.
  const body = JSON.stringify(walk(content, []));
  if (body === undefined) throw new TypeError('the action has no content');
  return { body, placeholders };
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
