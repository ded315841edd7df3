import type { EventItem } from '../../lambda/core/model/index.ts';
import { plural } from '../cli/plural.ts';
import { failureInWords, secretInWords } from './causes.ts';
import { explainReason } from './reasons.ts';
import { decisionInWords } from './settle-words.ts';
import { type ActionView, isProbe, type TimelineEntry } from './summary.ts';

/** A step of the timeline; `at` in ISO 8601. */
export const entry = (
  step: TimelineEntry['step'],
  tone: TimelineEntry['tone'],
  text: string,
  at?: string,
): TimelineEntry => ({ ...(at !== undefined && { at }), step, tone, text });

export function ending(event: EventItem): TimelineEntry[] {
  const { state, finished_at: at } = event;
  const why = explainReason(event.reason ?? '');
  if (state === 'received') return [entry('waiting', 'pending', 'not finished yet')];
  if (state === 'processed')
    return [processed(event), ...(event.merged_without_end ? [entry('duplicate', 'bad', MERGED)] : [])];
  if (state !== 'failed')
    return [entry('finished', state === 'ignored' ? 'plain' : 'bad', `${state}: ${why}`, at)];
  return [
    entry('dead_lettered', 'bad', `sent to the dead-letter queue (failure ${event.failure})`, at),
    entry('finished', 'bad', `failed: ${why}`, at),
  ];
}

const MERGED =
  'neither event names an ended_at, and Cyberdesk named the same end for both: if the run was retried in place and ended twice, only one of its endings was acted on';
const PROBE = 'a probe sent by doctor: it passed the whole path and starts nothing, as no rule is asked';

function processed(event: EventItem): TimelineEntry {
  const { duplicate_of: owner, finished_at: at } = event;
  if (isProbe(event)) return entry('finished', 'good', PROBE, at);
  if (owner === undefined) return entry('finished', 'good', 'processed', at);
  return entry('duplicate', 'good', `same completion as event ${owner}, which acts on it; nothing to do`, at);
}

export function describeAction(action: ActionView): TimelineEntry {
  const { rule, position, state, done_at, begun_at, not_before } = action;
  const kind = action.destination === undefined ? action.kind : `${action.kind} to ${action.destination}`;
  const tries = action.tries > 0 ? ` after ${plural(action.tries, 'failed attempt')}` : '';
  const later = laterAnswer(action);
  const last = lastTry(action);
  const describe = (tone: TimelineEntry['tone'], text: string, at?: string) =>
    entry('action', tone, `${rule} #${position + 1} ${kind}: ${text}`, at);
  switch (state) {
    case 'done': {
      const how = action.adopted ? 'done by an earlier attempt, which a lookup found' : 'done';
      return describe('good', `${how}${tries}${startedRuns(action)}`, done_at);
    }
    case 'skipped':
      return describe('plain', `skipped${tries}`, done_at);
    case 'failed': {
      const http = action.http_status === undefined || later ? '' : `, HTTP ${action.http_status}`;
      const field = action.field === undefined ? '' : `, field ${action.field}`;
      const why = explainReason(action.reason ?? '');
      const secret = action.secret === undefined ? '' : `; ${secretInWords(action.secret)}`;
      return describe('bad', `failed${tries}${http}${field}: ${why}${secret}${later}${last}`, begun_at);
    }
    case 'waiting':
      return describe(
        'pending',
        `${later ? 'waits for a lookup' : 'will be retried'}${tries}${later}${last}`,
        not_before,
      );
    case 'begun':
      return describe('pending', `started, no response recorded yet${later}${last}`, begun_at);
    default:
      return describe('pending', `planned${later}${last}`);
  }
}

/** Whether a status is not why the action failed: an attempt before it may have been served. */
const isUndecidedBy = ({ reason = 'outcome_unknown' }: ActionView): boolean => reason === 'outcome_unknown';

/** A refusal that came after an attempt without a response. A conflict may come first: its key is in use. */
function laterAnswer(action: ActionView): string {
  const { http_status: status } = action;
  if (status === undefined || !isUndecidedBy(action)) return '';
  return `; ${status === 409 ? 'an' : 'a later'} attempt was answered HTTP ${status}`;
}

/** Why the last try failed; an answer that settled the action says more. */
function lastTry(action: ActionView): string {
  const { last_failure: last, http_status, destination } = action;
  if (last === undefined || (http_status !== undefined && !isUndecidedBy(action))) return '';
  // What a function says of its error may quote the payload, and is in its own log only.
  const where =
    last.kind === 'function_failed'
      ? `. Its error is in its log: that of a handler by logs --function ${destination} --since 1d`
      : '';
  return `; the last attempt failed: ${failureInWords(last)}${where}`;
}

/**
 * What a person has decided about an action, or has to decide.
 *
 * @param number Of the action, from 1.
 * @param isFailed Whether its event has failed; before that nothing can be decided.
 */
export function decisions(action: ActionView, number: number, isFailed: boolean): TimelineEntry[] {
  const { decision } = action;
  return [
    ...(decision ? [entry('decided', 'plain', decisionInWords(decision), decision.at)] : []),
    ...(isFailed && needsDecision(action)
      ? [entry('undecided', 'bad', `action ${number} ${undecidedInWords(action)}`)]
      : []),
  ];
}

/** Whether a person may settle it: without that, every redrive of an unknown outcome ends in the same way. */
export const needsDecision = ({ state, reason }: ActionView): boolean =>
  state === 'failed' && (reason === 'outcome_unknown' || reason === 'restored');

function undecidedInWords({ kind, reason }: ActionView): string {
  if (reason !== 'restored')
    return 'needs a decision: look for its run at Cyberdesk, then name that run, start it again or skip it';
  const ways = HAS_RUN.includes(kind)
    ? 'which looks for its run at Cyberdesk first, or name that run, start it again or skip it'
    : 'which carries it out again, or skip it';
  return `may have been carried out before the table was restored: redrive its event, ${ways}`;
}

/** Kinds of actions whose result is a run. */
const HAS_RUN: readonly ActionView['kind'][] = ['startRun', 'startChain', 'retryRun'];

function startedRuns({ run_ids, followed_by }: ActionView): string {
  const runs = run_ids.length > 0 ? ` → run ${run_ids.join(', ')}` : '';
  const events = followed_by.map(({ event_id }) => event_id).join(', ');
  return events ? `${runs} (its end arrived as event ${events})` : runs;
}
