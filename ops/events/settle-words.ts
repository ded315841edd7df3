import type { Decision, EventState } from '../../lambda/core/model/index.ts';
import type { Refusal, Wish } from '../../lambda/core/process/index.ts';
import { plural } from '../cli/plural.ts';
import { isoTime } from '../cli/time.ts';
import { explainReason } from './reasons.ts';
import { PROBE_OWNER } from './summary.ts';

/** What a person decides about an action. */
export interface Deciding {
  eventId: string;
  /** Number of the action in the plan, from 1. */
  number: number;
  choice: Wish['choice'];
}

const CHOICES: Record<Decision['kind'], string> = {
  run: 'it is a run that Cyberdesk has',
  start_again: 'start it again',
  skip: 'skip it',
};

/** A decision, as the timeline shows it. */
export const decisionInWords = ({ kind, by }: Pick<Decision, 'kind' | 'by'>): string =>
  `${by} decided: ${CHOICES[kind]}`;

export function settledInWords({ number, choice }: Deciding, undecided: readonly number[]): string {
  const done = `action ${number} is settled (${CHOICES[choice.kind]})`;
  if (undecided.length === 0) return `${done}; the event is reopened`;
  return `${done}; the event is reopened once action ${undecided.join(' and ')} is settled too`;
}

/** Why nothing was decided, in one line that says what to do instead. */
export function whyRefused(
  { eventId, number, choice }: Deciding,
  refusal: Exclude<Refusal, { kind: 'unanswered' }>,
): string {
  const run = choice.kind === 'run' ? `run ${choice.runId}` : 'the run';
  switch (refusal.kind) {
    case 'not_failed':
      return notFailed(eventId, refusal.state);
    case 'copy':
      return refusal.owner === PROBE_OWNER
        ? 'the event is a probe sent by doctor and has no actions'
        : `event ${refusal.owner} acts for the same completion: settle that event instead`;
    case 'in_progress':
      return 'a worker has this event at the moment: repeat the command in a minute';
    case 'no_such_action':
      return `the event has no action ${number}: its plan has ${plural(refusal.actions, 'action')}`;
    case 'not_unknown':
      return refusal.reason === undefined
        ? `the outcome of action ${number} is known: there is nothing to decide`
        : `action ${number} failed for a known reason, so there is nothing to decide. ${explainReason(refusal.reason)}`;
    case 'decided_before': {
      const { decision } = refusal;
      return `action ${number} has already been settled: ${decisionInWords(decision)} (${isoTime(decision.at)})`;
    }
    case 'no_such_run':
      return `Cyberdesk has no ${run}: check the id, and that it belongs to this stage's organisation`;
    case 'other_run':
      return `a retry takes place in the event's own run: name that run`;
    case 'other_workflow':
      return `${run} belongs to a different workflow than action ${number}; for a chain, name the run of its first step`;
    case 'incomplete':
      return `the session of ${run} does not contain an unclaimed run for every step of the chain`;
    case 'run_taken':
      return `${run} belongs to another action`;
  }
}

function notFailed(eventId: string, state: EventState): string {
  if (state === 'received')
    return `event ${eventId} is not finished: wait until it is, then check whether there is anything to decide`;
  if (state === 'processed') return `event ${eventId} is processed: there is nothing to decide`;
  return `event ${eventId} is ${state} and never acts: there is nothing to decide`;
}
