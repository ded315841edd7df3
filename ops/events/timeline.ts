import { type CompletionItem, type EventItem, MINUTE } from '../../lambda/core/model/index.ts';
import { isoTime } from '../cli/time.ts';
import { explainReason } from './reasons.ts';
import { reopenedBy } from './summary.ts';
import { describeAction } from './timeline-action.ts';
import { ending } from './timeline-ending.ts';
import type { ActionView, EventDetail, TimelineEntry } from './view.ts';

export interface TimelineFacts {
  event: EventItem;
  completion: CompletionItem | undefined;
  actions: readonly ActionView[];
  startedBy: EventDetail['started_by'];
  /** Calls to Cyberdesk are paused until then, epoch milliseconds. */
  pausedUntil: number | undefined;
}

/** An event that has not been begun this long after it was received or resent may have lost its message. */
const OVERDUE = MINUTE;

/** What happened to an event, in the order of the data path. Ids, states, codes and times only. */
export function timeline(facts: TimelineFacts, now = Date.now()): TimelineEntry[] {
  const { event, completion, actions } = facts;
  const own = completion?.owner === event.event_id ? completion : undefined;
  const isBegun = hasBeenBegun(event, own);
  return [
    ...beginning(facts, isBegun),
    ...reopenings(event),
    ...(own ? planning(own) : []),
    ...actions.map(describeAction),
    ...(event.state === 'received' && own ? standing(own, facts.pausedUntil, now) : []),
    ...(isBegun ? ending(event) : unbegun(event, now)),
  ];
}

/** Has a worker ever had it? Only this proves that it was queued: recording that would cost another write. */
const hasBeenBegun = ({ state, round, completion }: EventItem, own: CompletionItem | undefined): boolean =>
  state !== 'received' || own !== undefined || round > 0 || completion !== undefined;

function beginning({ event, startedBy }: TimelineFacts, wasQueued: boolean): TimelineEntry[] {
  const entries: TimelineEntry[] = [];
  if (startedBy) {
    const by = startedBy.event_id === undefined ? '' : `, event ${startedBy.event_id}`;
    const text = `its run is a follow-up of run ${startedBy.run_id}${by}`;
    entries.push({ step: 'started_by', tone: 'plain', text });
  }
  const size = `${event.body_bytes} bytes${event.body_pieces ? ` in ${event.body_pieces} pieces` : ''}`;
  const text = `received and stored (${size})`;
  entries.push({ at: event.received_at, step: 'received', tone: 'plain', text });
  if (event.state === 'ignored' || event.state === 'unprocessable') return entries;
  if (wasQueued) entries.push({ step: 'queued', tone: 'plain', text: 'sent to the queue' });
  if (event.resent_at !== undefined) {
    entries.push({ at: event.resent_at, step: 'resent', tone: 'plain', text: 'resent by the sweeper' });
  }
  return entries;
}

function unbegun({ received_at, resent_at }: EventItem, now: number): TimelineEntry[] {
  const entries: TimelineEntry[] = [
    { step: 'unbegun', tone: 'pending', text: 'stored; no worker has begun it yet' },
  ];
  if (now - Date.parse(resent_at ?? received_at) > OVERDUE) {
    const text =
      'its message may be waiting behind others, or be lost: a replay sends another, and so does the sweeper after an hour';
    entries.push({ step: 'overdue', tone: 'pending', text });
  }
  return entries;
}

const REOPENED = { redriven: 'redriven', replanned: 'replanned', failed_again: 'redriven or replanned' };

function reopenings(event: EventItem): TimelineEntry[] {
  const by = reopenedBy(event);
  return by ? [{ step: 'reopened', tone: 'plain', text: `${REOPENED[by]} (round ${event.round})` }] : [];
}

function planning({ actions, depth, retries, failure }: CompletionItem): TimelineEntry[] {
  if (actions === undefined) {
    return failure ? [{ step: 'planned', tone: 'bad', text: explainReason(failure.reason) }] : [];
  }
  const count =
    actions.length === 0 ? 'the rules asked for nothing' : `the rules asked for ${actions.length} action(s)`;
  return [{ step: 'planned', tone: 'plain', text: `${count} (depth ${depth}, retries ${retries})` }];
}

function standing(completion: CompletionItem, pausedUntil: number | undefined, now: number): TimelineEntry[] {
  const entries: TimelineEntry[] = [];
  const { lease, crashes, not_before } = completion;
  const crashed = (text: string) => entries.push({ step: 'crashed', tone: 'bad', text });
  const waiting = (until: number, text: string) =>
    entries.push({ at: isoTime(until), step: 'waiting', tone: 'pending', text });
  if (crashes > 0) crashed(`${crashes} worker(s) have crashed on it so far`);
  if (lease && now < lease.until)
    entries.push({ step: 'working', tone: 'pending', text: 'a worker is processing it' });
  if (lease && now >= lease.until) crashed('the previous worker crashed before recording a result');
  if (not_before !== undefined && now < not_before) waiting(not_before, 'waits until then');
  if (pausedUntil !== undefined && now < pausedUntil)
    waiting(pausedUntil, 'calls to Cyberdesk are paused until then');
  return entries;
}
