import type {
  ActionRecord,
  CompletionItem,
  EventItem,
  PauseItem,
  Reason,
} from '../../lambda/core/model/index.ts';
import { plural } from '../cli/plural.ts';
import { isoTime } from '../cli/time.ts';
import { actionState } from './action-state.ts';
import { failureInWords, pauseInWords, thrownInWords, unidentifiedInWords } from './causes.ts';
import { reasonInWords } from './reasons.ts';
import type { EventSummary } from './summary.ts';

/** What happened to an event, in one line of a list. */
export interface Outcome {
  text: string;
  /** When it is tried next, ISO 8601. */
  next_at?: string;
  /** Actions that need a person's decision; numbers from 1. */
  undecided?: { number: number; rule: string; kind: ActionRecord['kind'] }[];
}

/** The part of a completion that it takes. */
export type Progress = Pick<CompletionItem, 'owner' | 'lease' | 'not_before' | 'actions' | 'failure'>;

interface Facts {
  /** Its own completion, while that is kept. */
  own: Progress | undefined;
  /** Failed tries to learn from the API which completion that is. */
  unidentified?: EventItem['unidentified'];
  /** The latest pause of all calls to Cyberdesk, which may be over. */
  pause: Pick<PauseItem, 'until' | 'cause'> | undefined;
}

export function outcomeOf(event: EventSummary, facts: Facts, now = Date.now()): Outcome {
  switch (event.state) {
    case 'received':
      return waiting(facts, now);
    case 'failed':
      return failed(event, facts);
    case 'processed':
      return { text: processed(event, facts.own?.actions) };
    default:
      return { text: briefly(event.reason) };
  }
}

/** A reason without its details and without what to do about it. */
const briefly = (reason: Reason | undefined): string =>
  (reasonInWords(reason ?? '') ?? reason ?? '').split(/[;(]/)[0]?.trim() ?? '';

function processed({ origin, duplicate_of }: EventSummary, actions: ActionRecord[] | undefined): string {
  if (origin === 'probe') return 'probe of doctor; it starts nothing';
  if (duplicate_of !== undefined) return `duplicate of ${duplicate_of}`;
  // Its completion has expired, or is of a release that did not record one.
  if (actions === undefined) return '';
  if (actions.length === 0) return 'no rule asked for anything';
  const tries = actions.reduce((sum, { tries }) => sum + tries, 0);
  const failures = tries > 0 ? ` after ${plural(tries, 'failed attempt')}` : '';
  return `${[...carriedOut(actions)].join(', ')}${failures}`;
}

const DONE: Partial<Record<ActionRecord['kind'], string>> = {
  notify: 'notified',
  publish: 'published',
  deliver: 'delivered',
};

function* carriedOut(actions: readonly ActionRecord[]): Generator<string> {
  const runs = actions.flatMap(({ result }) => result?.run_ids ?? []).length;
  if (runs > 0) yield `${plural(runs, 'run')} started`;
  const states = actions.map((action) => ({ kind: action.kind, state: actionState(action) }));
  for (const [kind, words] of Object.entries(DONE)) {
    const count = states.filter((one) => one.kind === kind && one.state === 'done').length;
    if (count > 0) yield count > 1 ? `${words} ${count} times` : words;
  }
  const skipped = states.filter(({ state }) => state === 'skipped').length;
  if (skipped > 0) yield `${plural(skipped, 'action')} skipped`;
}

function failed(event: EventSummary, { own, unidentified }: Facts): Outcome {
  const actions = own?.actions ?? [];
  const refused = actions.flatMap((action, index) => (action.failure ? [{ ...action, index }] : []));
  const [first] = refused;
  if (first?.failure === undefined) {
    if (own?.failure?.thrown) return { text: thrownInWords(own.failure.thrown) };
    return { text: unidentified ? unidentifiedInWords(unidentified) : briefly(event.reason) };
  }
  const { reason, status, field } = first.failure;
  const answer = status === undefined ? briefly(reason) : `HTTP ${status}${field ? ` (${field})` : ''}`;
  const isUnknown = reason === 'outcome_unknown';
  const others = refused.length > 1 ? `, and ${refused.length - 1} more` : '';
  const undecided = refused.filter(({ failure }) => failure?.reason === 'outcome_unknown');
  return {
    text: `${first.rule}: ${isUnknown ? 'outcome unknown' : answer}${others}`,
    ...(undecided.length > 0 && {
      undecided: undecided.map(({ index, rule, kind }) => ({ number: index + 1, rule, kind })),
    }),
  };
}

function waiting({ own, unidentified, pause }: Facts, now: number): Outcome {
  if (own?.lease && now < own.lease.until) return { text: 'a worker is processing it' };
  const open = (own?.actions ?? []).filter(({ result, failure }) => !result && !failure);
  const tries = open.reduce((sum, { tries }) => sum + tries, 0);
  const last = open.find(({ last_failure }) => last_failure !== undefined)?.last_failure;
  const failures = tries > 0 ? plural(tries, 'failed attempt') : '';
  const why = last ? failureInWords(last) : '';
  const isPaused = pause !== undefined && now < pause.until;
  const asked = unidentified ? unidentifiedInWords(unidentified) : '';
  const said = [failures, why].filter(Boolean).join(': ') || asked;
  const cause = pause?.cause && !said ? `: ${pauseInWords(pause.cause)}` : '';
  const paused = isPaused ? `calls are paused${cause}` : '';
  const due = own?.not_before ?? unidentified?.not_before ?? 0;
  const next = Math.max(due, isPaused ? pause.until : 0);
  return {
    text: [said, paused].filter(Boolean).join('; ') || 'waiting for a worker',
    ...(now < next && { next_at: isoTime(next) }),
  };
}
