import type { EventItem } from '../../lambda/core/model/index.ts';
import { explainReason } from './reasons.ts';
import { type ActionView, isProbe, type TimelineEntry } from './summary.ts';

export function ending(event: EventItem): TimelineEntry[] {
  const at = event.finished_at === undefined ? {} : { at: event.finished_at };
  const why = explainReason(event.reason ?? '');
  switch (event.state) {
    case 'received':
      return [{ step: 'waiting', tone: 'pending', text: 'not finished yet' }];
    case 'processed':
      return [{ ...at, ...processed(event) }];
    case 'failed': {
      const text = `sent to the dead-letter queue (failure ${event.failure})`;
      return [
        { ...at, step: 'dead_lettered', tone: 'bad', text },
        { ...at, step: 'finished', tone: 'bad', text: `failed: ${why}` },
      ];
    }
    default: {
      const tone = event.state === 'ignored' ? 'plain' : 'bad';
      return [{ ...at, step: 'finished', tone, text: `${event.state}: ${why}` }];
    }
  }
}

function processed(event: EventItem): TimelineEntry {
  if (isProbe(event)) {
    const text = 'a probe of the doctor: it passed the whole path and starts nothing, as no rule is asked';
    return { step: 'finished', tone: 'good', text };
  }
  if (event.duplicate_of === undefined) return { step: 'finished', tone: 'good', text: 'processed' };
  const text = `same completion as event ${event.duplicate_of}, which acts on it; nothing to do`;
  return { step: 'duplicate', tone: 'good', text };
}

export function describeAction(action: ActionView): TimelineEntry {
  const { at, tone, text } = outcomeOf(action);
  const name = `${action.rule} #${action.position + 1} ${action.kind}`;
  return { ...(at !== undefined && { at }), step: 'action', tone, text: `${name}: ${text}` };
}

interface Outcome {
  at?: string | undefined;
  tone: TimelineEntry['tone'];
  text: string;
}

function outcomeOf(action: ActionView): Outcome {
  const tries = action.tries > 0 ? ` after ${action.tries} failed attempt(s)` : '';
  switch (action.state) {
    case 'done': {
      const how = action.adopted ? 'done; found to be done by an earlier attempt' : 'done';
      return { at: action.done_at, tone: 'good', text: `${how}${tries}${startedRuns(action)}` };
    }
    case 'failed': {
      const http = action.http_status === undefined ? '' : `, HTTP ${action.http_status}`;
      const why = explainReason(action.reason ?? '');
      return { at: action.begun_at, tone: 'bad', text: `failed${tries}${http}: ${why}` };
    }
    case 'waiting':
      return { at: action.not_before, tone: 'pending', text: `will be retried${tries}` };
    case 'begun':
      return { at: action.begun_at, tone: 'pending', text: 'started, no answer known yet' };
    default:
      return { tone: 'pending', text: 'planned' };
  }
}

function startedRuns({ run_ids, followed_by }: ActionView): string {
  const runs = run_ids.length > 0 ? ` → run ${run_ids.join(', ')}` : '';
  const events = followed_by.map(({ event_id }) => event_id).join(', ');
  return events ? `${runs} (came back as event ${events})` : runs;
}
