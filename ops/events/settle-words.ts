import { type Decision, type EventState, isDefinite } from '../../lambda/core/model/index.ts';
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

export interface Refused {
  problem: string;
  /** In the imperative. */
  next?: string;
}

/** Why nothing was decided, and what to do instead, if anything. */
export function whyRefused(
  { eventId, number, choice }: Deciding,
  refusal: Exclude<Refusal, { kind: 'unanswered' }>,
): Refused {
  const run = choice.kind === 'run' ? `run ${choice.runId}` : 'the run';
  switch (refusal.kind) {
    case 'not_failed':
      return notFailed(eventId, refusal.state);
    case 'copy':
      return refusal.owner === PROBE_OWNER
        ? { problem: 'the event is a probe sent by doctor and has no actions' }
        : {
            problem: `event ${refusal.owner} acts for the same completion`,
            next: 'settle that event instead',
          };
    case 'in_progress':
      return { problem: 'a worker has this event at the moment', next: 'repeat the command in a minute' };
    case 'no_such_action':
      return {
        problem: `the event has no action ${number}, as its plan has ${plural(refusal.actions, 'action')}`,
      };
    case 'not_unknown':
      return refusal.reason === undefined
        ? { problem: `the outcome of action ${number} is known, so there is nothing to decide` }
        : {
            problem: `action ${number} failed for a known reason, so there is nothing to decide. ${explainReason(refusal.reason)}`,
            ...(!isDefinite(refusal.reason) && {
              next: `redrive the event to try it again, or give the action up with --skip`,
            }),
          };
    case 'open':
      return {
        problem: `action ${number} has no result yet, so there is nothing to decide`,
        next: 'redrive the event, which continues the action under the same key, or give it up with --skip',
      };
    case 'starts_no_run':
      return { problem: `action ${number} starts no run`, next: 'settle it with --start-again or --skip' };
    case 'decided_before': {
      const { decision } = refusal;
      const before = `${decisionInWords(decision)} (${isoTime(decision.at)})`;
      return { problem: `action ${number} has already been settled: ${before}` };
    }
    case 'no_such_run':
      return {
        problem: `Cyberdesk has no ${run}`,
        next: `check the id, and that it belongs to this stage's organisation`,
      };
    case 'not_listed_yet':
      return {
        problem: `Cyberdesk's list may not show every run of action ${number} yet, and a run of others could be taken for one of them`,
        next: `repeat the command after ${isoTime(refusal.until)}`,
      };
    case 'other_run':
      return { problem: `a retry takes place in the event's own run`, next: 'name that run' };
    case 'other_workflow':
      return {
        problem: `${run} belongs to a different workflow than action ${number}`,
        next: 'name a run of that workflow; for a chain, the run of its first step',
      };
    case 'led_here':
      return {
        problem: `${run} is the one that the event reports, or has led to it, so action ${number} cannot have started it`,
        next: 'name a run that was created after the event, or choose --start-again or --skip',
      };
    case 'too_early':
      return {
        problem: `${run} was created before the run that the event reports had ended, so action ${number} cannot have started it`,
        next: 'name a run that was created after the event, or choose --start-again or --skip',
      };
    case 'incomplete':
      return {
        problem: `the session of ${run} does not contain an unclaimed run for every step of the chain`,
      };
    case 'run_taken':
      return { problem: `${run} belongs to another action` };
  }
}

function notFailed(eventId: string, state: EventState): Refused {
  if (state === 'received') {
    return {
      problem: `event ${eventId} is not finished`,
      next: 'wait until it is, then check whether there is anything to decide',
    };
  }
  const why = state === 'processed' ? 'is processed' : `is ${state} and never acts`;
  return { problem: `event ${eventId} ${why}, so there is nothing to decide` };
}
