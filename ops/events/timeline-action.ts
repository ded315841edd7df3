import { explainReason } from './reasons.ts';
import type { ActionView, TimelineEntry } from './view.ts';

/** What became of one action of the plan. */
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
