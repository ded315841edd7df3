import {
  type CompletionItem,
  type EventItem,
  MINUTE,
  type PauseItem,
  unidentifiedOf,
} from '../../lambda/core/model/index.ts';
import { type AuditEntry, outcomeInWords, shortCaller } from '../audit/read.ts';
import { plural } from '../cli/plural.ts';
import { isoTime } from '../cli/time.ts';
import { idleInWords, pauseInWords, thrownInWords, unidentifiedInWords } from './causes.ts';
import { explainReason } from './reasons.ts';
import { type ActionView, type EventDetail, reopenedBy, type TimelineEntry } from './summary.ts';
import { decisions, describeAction, ending, entry } from './timeline-outcomes.ts';

export interface TimelineFacts {
  event: EventItem;
  completion: CompletionItem | undefined;
  actions: readonly ActionView[];
  startedBy: EventDetail['started_by'];
  /** The latest pause of all calls to Cyberdesk, which may be over. */
  pause: Pick<PauseItem, 'until' | 'cause'> | undefined;
  /** What people have done about it, oldest first. */
  acts: readonly AuditEntry[];
}

/** An event that has not been begun this long after it was received or resent may have lost its message. */
const OVERDUE = MINUTE;

/** What happened to an event, in the order of the data path. Ids, states, codes and times only. */
export function timeline(facts: TimelineFacts, now = Date.now()): TimelineEntry[] {
  const { event, completion, actions, pause, acts } = facts;
  const own = completion?.owner === event.event_id ? completion : undefined;
  const isBegun = hasBeenBegun(event, own);
  // A test event is on record before it is sent.
  const isBefore = ({ at }: AuditEntry) => at < event.received_at;
  return [
    ...acts.filter(isBefore).map(actedOn),
    ...beginning(facts, isBegun),
    ...reopenings(event),
    ...(own ? [] : identifying(event, now)),
    // Why it was ignored says that no rule was asked.
    ...(own && event.state !== 'ignored' ? planning(own) : []),
    ...actions.flatMap((action, index) => [
      describeAction(action),
      ...decisions(action, index + 1, event.state === 'failed'),
    ]),
    ...acts.filter((act) => !isBefore(act)).map(actedOn),
    ...(event.state === 'received' && own ? standing(own, now) : []),
    ...(event.state === 'received' ? pausing(pause, now) : []),
    ...(isBegun ? ending(event) : unbegun(event, pause, now)),
  ];
}

/** Has a worker ever had it? Only this proves that it was queued: recording that would cost another write. */
const hasBeenBegun = (
  { state, round, completion, unidentified }: EventItem,
  own: CompletionItem | undefined,
): boolean => [own, completion, unidentified].some(Boolean) || state !== 'received' || round > 0;

function beginning({ event, startedBy }: TimelineFacts, wasQueued: boolean): TimelineEntry[] {
  const entries: TimelineEntry[] = [];
  if (startedBy) {
    const { run_id, event_id } = startedBy;
    const by = [run_id && `run ${run_id}`, event_id && `event ${event_id}`].filter(Boolean).join(', ');
    entries.push(
      entry('started_by', 'plain', `its run is a follow-up of ${by || 'an event that has expired'}`),
    );
  }
  const size = `${event.body_bytes} bytes${event.body_pieces ? ` in ${event.body_pieces} pieces` : ''}`;
  const erased = event.erased_at === undefined ? '' : `; its payload was erased at ${event.erased_at}`;
  entries.push(entry('received', 'plain', `received and stored (${size})${erased}`, event.received_at));
  if (event.state === 'ignored' || event.state === 'unprocessable') return entries;
  if (wasQueued) entries.push(entry('queued', 'plain', 'sent to the queue'));
  if (event.resent_at) entries.push(entry('resent', 'plain', 'resent by the sweeper', event.resent_at));
  return entries;
}

function actedOn(act: AuditEntry): TimelineEntry {
  const why = act.because === undefined ? '' : `, because: ${act.because}`;
  const how = act.via === 'console' ? ' in the console' : '';
  const text = `${shortCaller(act.caller)}: ${act.verb}${how} (${outcomeInWords(act)})${why}`;
  return entry('audited', act.outcome === 'failed' ? 'bad' : 'plain', text, act.at);
}

const LOST =
  'its message may be waiting behind others, the processor may be failing, or the message may be lost: a replay sends another, and so does the sweeper after an hour';

/** A pause explains why no worker has begun it; a lost message is only one of the explanations without one. */
function unbegun(
  { received_at, resent_at }: EventItem,
  pause: TimelineFacts['pause'],
  now: number,
): TimelineEntry[] {
  const isPaused = pause !== undefined && now < pause.until;
  const isOverdue = !isPaused && now - Date.parse(resent_at ?? received_at) > OVERDUE;
  return [
    entry('unbegun', 'pending', 'stored; no worker has started on it yet'),
    ...(isOverdue ? [entry('overdue', 'pending', LOST)] : []),
  ];
}

const REOPENED = { redriven: 'redriven', replanned: 'replanned', failed_again: 'redriven or replanned' };

function reopenings(event: EventItem): TimelineEntry[] {
  const by = reopenedBy(event);
  return by ? [entry('reopened', 'plain', `${REOPENED[by]} (round ${event.round})`)] : [];
}

/** What came of asking the API when its run ended. */
function identifying(event: EventItem, now: number): TimelineEntry[] {
  const { state } = event;
  const unidentified = unidentifiedOf(event);
  if (unidentified === undefined) return [];
  const { last_failure, not_before = 0 } = unidentified;
  const text = unidentifiedInWords(unidentified);
  const isWaiting = state === 'received' && now < not_before;
  return [
    entry('unidentified', state === 'failed' ? 'bad' : 'pending', text, isoTime(last_failure.at)),
    ...(isWaiting ? [entry('waiting', 'pending', 'waits until then', isoTime(not_before))] : []),
  ];
}

function planning({ actions, depth, retries, failure, idle = {} }: CompletionItem): TimelineEntry[] {
  const thrown = failure?.thrown ? [entry('planned', 'bad', thrownInWords(failure.thrown))] : [];
  if (actions === undefined) {
    return failure ? [...thrown, entry('planned', 'bad', explainReason(failure.reason))] : [];
  }
  const count =
    actions.length === 0
      ? 'the rules asked for nothing'
      : `the rules asked for ${plural(actions.length, 'action')}`;
  return [
    entry('planned', 'plain', `${count} (depth ${depth}, retries ${retries})`),
    ...idleInWords(idle).map((text) => entry('idle', 'plain', text)),
    ...thrown,
  ];
}

function standing(completion: CompletionItem, now: number): TimelineEntry[] {
  const entries: TimelineEntry[] = [];
  const { lease, crashes, not_before = 0 } = completion;
  const crashed = (text: string) => entries.push(entry('crashed', 'bad', text));
  const waiting = (until: number, text: string) =>
    entries.push(entry('waiting', 'pending', text, isoTime(until)));
  if (crashes > 0) crashed(`workers that crashed on it so far: ${crashes}`);
  if (lease && now < lease.until) entries.push(entry('working', 'pending', 'a worker is processing it'));
  if (lease && now >= lease.until) crashed('the previous worker crashed before recording a result');
  if (now < not_before) waiting(not_before, 'waits until then');
  return entries;
}

function pausing(pause: TimelineFacts['pause'], now: number): TimelineEntry[] {
  if (pause === undefined || now >= pause.until) return [];
  const why = pause.cause ? `: ${pauseInWords(pause.cause)}` : '';
  const text = `calls to Cyberdesk are paused until then${why}`;
  return [entry('waiting', 'pending', text, isoTime(pause.until))];
}
