import { parseExact } from '../../json/parse.ts';
import type { Surroundings } from '../../rules/events.ts';
import type { FollowUps } from '../../rules/follow-ups.ts';
import type { Occurrence } from '../../rules/rule.ts';
import { type ActionableEvent, type ActionRecord, type Reason, readReported } from '../model/index.ts';
import { plan } from './plan.ts';

/** A stored event, about which rules are asked once more. It crosses from one release to another, as JSON. */
export interface Question extends Pick<Surroundings, 'depth' | 'stage' | 'workflowIds'> {
  event: { event_id: string; type: string };
  /** The webhook's body. */
  body: string;
  retries: number;
  maxFollowUpDepth: number;
}

/** What one rule asks for; a rule that asks for nothing gives no answer. */
export type Rehearsed =
  | { rule: string; kind: 'planned'; actions: RehearsedAction[] }
  /** The event would fail because of this rule. */
  | { rule: string; kind: 'failed'; reason: Reason };

/** An action without what makes it one of a certain event. */
export type RehearsedAction = Pick<ActionRecord, 'kind' | 'placeholders' | 'correlate' | 'destination'> & {
  body: string;
};

/** Keys are no part of an answer, so they are made of nothing. */
const NOWHERE = { installation: '', subject: '', completion: '', generation: 0 };

/**
 * Asks rules about a stored event, as the processor does, and does nothing of what they ask for.
 *
 * @returns Undefined if the body is not one that the processor would have accepted.
 */
export function rehearse(rules: FollowUps, question: Question): Rehearsed[] | undefined {
  const { event, body: webhook, depth, retries, stage, workflowIds, maxFollowUpDepth } = question;
  const reported = readReported(event as ActionableEvent, parseExact(webhook));
  if (reported === undefined) return undefined;
  const about: Occurrence = { ...reported, event_id: event.event_id, depth, retries, stage, workflowIds };
  return rules.rules.flatMap((rule): Rehearsed[] => {
    const planned = plan({ rules: [rule] }, about, { ...NOWHERE, maxFollowUpDepth });
    if (planned.kind === 'failed') return [{ rule: rule.name, ...planned }];
    const actions = planned.actions.map(({ kind, body = '', placeholders, correlate, destination }) => ({
      kind,
      body,
      ...(placeholders && { placeholders }),
      ...(correlate !== undefined && { correlate }),
      ...(destination !== undefined && { destination }),
    }));
    return actions.length === 0 ? [] : [{ rule: rule.name, kind: 'planned', actions }];
  });
}
