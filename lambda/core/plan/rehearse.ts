import { parseExact } from '../../json/parse.ts';
import type { Surroundings } from '../../rules/events.ts';
import type { FollowUps } from '../../rules/follow-ups.ts';
import type { Occurrence } from '../../rules/rule.ts';
import { type ActionableEvent, type ActionRecord, type Reason, readReported } from '../model/index.ts';
import { type Plan, type PlanContext, plan } from './plan.ts';
import { canBeTaken } from './take-plan.ts';

/** A stored event, about which rules are asked once more. It crosses from one release to another, as JSON. */
export interface Question extends Pick<Surroundings, 'depth' | 'stage' | 'workflowIds'> {
  event: { event_id: string; type: string };
  /** The webhook's body. */
  body: string;
  retries: number;
  maxFollowUpDepth: number;
  /** Asks each rule as if it were the only one, so that one that throws hides nothing of the others. */
  apart?: boolean;
}

/** What one rule asks for; a rule that asks for nothing gives no answer. */
export type Rehearsed =
  | { rule: string; kind: 'planned'; actions: RehearsedAction[] }
  /** The event would fail because of this rule, and nothing would be done. */
  | { rule: string; kind: 'failed'; reason: Reason };

/** An action without what makes it one of a certain event. */
export type RehearsedAction = Pick<ActionRecord, 'kind' | 'placeholders' | 'correlate' | 'destination'> & {
  body: string;
};

/** Keys are no part of an answer, so they are made of nothing. */
const NOWHERE = { installation: '', subject: '', completion: '', generation: 0 };

/**
 * Asks rules about a stored event, as the processor does, and does nothing of what they ask for. Where one fails the
 * event, that is the only answer: no rule's action would be done. Bundles of earlier releases answered as if each
 * question were `apart`.
 *
 * @returns Undefined if the body is not one that the processor would have accepted.
 */
export function rehearse(rules: FollowUps, question: Question): Rehearsed[] | undefined {
  const { event, body: webhook, depth, retries, stage, workflowIds, maxFollowUpDepth, apart } = question;
  const reported = readReported(event as ActionableEvent, parseExact(webhook));
  if (reported === undefined) return undefined;
  const about: Occurrence = { ...reported, event_id: event.event_id, depth, retries, stage, workflowIds };
  const context = { ...NOWHERE, maxFollowUpDepth };
  const asked = apart ? rules.rules.map((rule) => ({ rules: [rule] })) : [rules];
  return asked.flatMap((some) => answersOf(some, about, context));
}

function answersOf(rules: FollowUps, about: Occurrence, context: PlanContext): Rehearsed[] {
  const outcome = outcomeOf(rules, about, context);
  if (outcome.kind === 'planned') return byRule(outcome.actions);
  return [{ rule: culpritOf(outcome, rules, about, context), kind: 'failed', reason: outcome.reason }];
}

/** What a first plan of an event comes to. */
function outcomeOf(rules: FollowUps, about: Occurrence, context: PlanContext): Plan {
  const outcome = plan(rules, about, context);
  if (outcome.kind === 'failed' || canBeTaken(outcome.actions)) return outcome;
  return { kind: 'failed', reason: 'too_many_actions' };
}

/** The rule that threw, or with which it was too much. */
function culpritOf(
  { thrown }: Extract<Plan, { kind: 'failed' }>,
  { rules }: FollowUps,
  about: Occurrence,
  context: PlanContext,
): string {
  const failsWith = (index: number) =>
    outcomeOf({ rules: rules.slice(0, index + 1) }, about, context).kind === 'failed';
  return thrown?.rule ?? rules.find((_, index) => failsWith(index))?.name ?? '';
}

function byRule(actions: readonly ActionRecord[]): Rehearsed[] {
  const rules = Map.groupBy(actions, ({ rule }) => rule);
  return [...rules].map(([rule, own]) => ({ rule, kind: 'planned', actions: own.map(rehearsed) }));
}

const rehearsed = ({
  kind,
  body = '',
  placeholders,
  correlate,
  destination,
}: ActionRecord): RehearsedAction => ({
  kind,
  body,
  ...(placeholders && { placeholders }),
  ...(correlate !== undefined && { correlate }),
  ...(destination !== undefined && { destination }),
});
