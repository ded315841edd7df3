import type { CompletionItem, EventItem } from '../../lambda/core/model/index.ts';
import type { ActionView, EventDetail } from './detail.ts';
import { explainReason } from './reasons.ts';
import { isProbe, reopenedBy } from './summary.ts';
import { describeAction } from './timeline-action.ts';
import type { TimelineEntry } from './timeline-entry.ts';

export interface TimelineFacts {
  event: EventItem;
  completion: CompletionItem | undefined;
  actions: readonly ActionView[];
  startedBy: EventDetail['started_by'];
  /** Calls to Cyberdesk rest until then, epoch milliseconds. */
  pausedUntil: number | undefined;
}

/** So long after it came, or was sent again, an event that nobody has begun may have lost its message; milliseconds. */
const OVERDUE = 60_000;

const iso = (at: number) => new Date(at).toISOString();

/** An event's way, in the order of the data path. Ids, states, codes and times only. */
export function timeline(facts: TimelineFacts, now = Date.now()): TimelineEntry[] {
  const { event, completion, actions } = facts;
  const own = completion?.owner === event.event_id ? completion : undefined;
  return [
    ...beginning(facts, isTakenUp(event, own)),
    ...reopenings(event),
    ...(own ? planning(own) : []),
    ...actions.map(describeAction),
    ...(event.state === 'received' && own ? standing(own, facts.pausedUntil, now) : []),
    ...(isTakenUp(event, own) ? ending(event) : unbegun(event, now)),
  ];
}

/** Has a worker ever had it? Only this shows that it was queued: to say so itself would be one more write. */
const isTakenUp = ({ state, round, completion }: EventItem, own: CompletionItem | undefined): boolean =>
  state !== 'received' || own !== undefined || round > 0 || completion !== undefined;

function beginning({ event, startedBy }: TimelineFacts, wasQueued: boolean): TimelineEntry[] {
  const entries: TimelineEntry[] = [];
  if (startedBy) {
    const by = startedBy.event_id === undefined ? '' : `, event ${startedBy.event_id}`;
    entries.push({
      step: 'started_by',
      tone: 'plain',
      text: `its run is a follow-up of run ${startedBy.run_id}${by}`,
    });
  }
  const size = `${event.body_bytes} bytes${event.body_pieces ? `, kept in ${event.body_pieces} pieces` : ''}`;
  entries.push({
    at: event.received_at,
    step: 'received',
    tone: 'plain',
    text: `received and stored (${size})`,
  });
  if (event.state === 'ignored' || event.state === 'unprocessable') return entries;
  if (wasQueued) entries.push({ step: 'queued', tone: 'plain', text: 'sent to the queue' });
  if (event.resent_at !== undefined) {
    entries.push({ at: event.resent_at, step: 'resent', tone: 'plain', text: 'sent again by the sweeper' });
  }
  return entries;
}

function unbegun({ received_at, resent_at }: EventItem, now: number): TimelineEntry[] {
  const entries: TimelineEntry[] = [
    { step: 'unbegun', tone: 'pending', text: 'stored; no worker has begun it yet' },
  ];
  if (now - Date.parse(resent_at ?? received_at) > OVERDUE) {
    const text =
      'its message may wait behind others, or be lost: a replay sends one more, and the sweeper does after an hour';
    entries.push({ step: 'overdue', tone: 'pending', text });
  }
  return entries;
}

function reopenings(event: EventItem): TimelineEntry[] {
  const by = reopenedBy(event);
  if (!by) return [];
  const how = { redriven: 'redriven', replanned: 'planned anew', failed_again: 'redriven or planned anew' }[
    by
  ];
  return [{ step: 'reopened', tone: 'plain', text: `${how} (round ${event.round})` }];
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
  if (crashes > 0)
    entries.push({ step: 'crashed', tone: 'bad', text: `${crashes} worker(s) died on it so far` });
  if (lease && now < lease.until)
    entries.push({ step: 'working', tone: 'pending', text: 'a worker is on it' });
  if (lease && now >= lease.until) {
    entries.push({ step: 'crashed', tone: 'bad', text: 'the last worker has left no outcome' });
  }
  if (not_before !== undefined && now < not_before) {
    entries.push({ at: iso(not_before), step: 'waiting', tone: 'pending', text: 'waits until then' });
  }
  if (pausedUntil !== undefined && now < pausedUntil) {
    entries.push({
      at: iso(pausedUntil),
      step: 'waiting',
      tone: 'pending',
      text: 'all calls to Cyberdesk rest until then',
    });
  }
  return entries;
}

const MERGED_WITHOUT_END: TimelineEntry = {
  step: 'duplicate',
  tone: 'bad',
  text: 'neither of the two events names an ended_at, and Cyberdesk named one end for both: if the run was retried in place and ended twice, only one of its endings was acted on',
};

function ending(event: EventItem): TimelineEntry[] {
  const at = event.finished_at === undefined ? {} : { at: event.finished_at };
  switch (event.state) {
    case 'received':
      return [{ step: 'waiting', tone: 'pending', text: 'not finished yet' }];
    case 'processed':
      if (isProbe(event)) {
        const text = 'a probe of the doctor: it came all the way, and starts nothing, as no rule is asked';
        return [{ ...at, step: 'finished', tone: 'good', text }];
      }
      return event.duplicate_of === undefined
        ? [{ ...at, step: 'finished', tone: 'good', text: 'processed' }]
        : [
            {
              ...at,
              step: 'duplicate',
              tone: 'good',
              text: `same completion as event ${event.duplicate_of}, which acts; nothing to do`,
            },
            ...(event.merged_without_end ? [MERGED_WITHOUT_END] : []),
          ];
    case 'failed': {
      const why = explainReason(event.reason ?? '');
      return [
        {
          ...at,
          step: 'dead_lettered',
          tone: 'bad',
          text: `to the dead-letter queue (failure ${event.failure})`,
        },
        { ...at, step: 'finished', tone: 'bad', text: `failed: ${why}` },
      ];
    }
    default:
      return [
        {
          ...at,
          step: 'finished',
          tone: event.state === 'ignored' ? 'plain' : 'bad',
          text: `${event.state}: ${explainReason(event.reason ?? '')}`,
        },
      ];
  }
}
