import type { ActionView } from './detail.ts';
import { explainReason } from './reasons.ts';
import type { TimelineEntry } from './timeline-entry.ts';

/** What has become of one action of the plan. */
export function describeAction(action: ActionView): TimelineEntry {
  const name = `${action.rule} #${action.position + 1} ${action.kind}`;
  const runs = action.run_ids.length > 0 ? ` → run ${action.run_ids.join(', ')}` : '';
  const after = action.followed_by.map(({ event_id }) => event_id).join(', ');
  const next = after ? ` (came back as event ${after})` : '';
  const tried = action.tries > 0 ? `, ${action.tries} failed tries` : '';
  switch (action.state) {
    case 'done': {
      const how = action.adopted ? 'found done by an earlier attempt' : 'done';
      const text = `${name}: ${how}${tried}${runs}${next}`;
      return { ...(action.done_at && { at: action.done_at }), step: 'action', tone: 'good', text };
    }
    case 'failed': {
      const http = action.http_status === undefined ? '' : `, HTTP ${action.http_status}`;
      const why = explainReason(action.reason ?? '');
      const text = `${name}: failed${tried}${http}: ${why}`;
      return { ...(action.begun_at && { at: action.begun_at }), step: 'action', tone: 'bad', text };
    }
    case 'waiting':
      return {
        ...(action.not_before && { at: action.not_before }),
        step: 'action',
        tone: 'pending',
        text: `${name}: to be tried again${tried}`,
      };
    case 'begun':
      return {
        ...(action.begun_at && { at: action.begun_at }),
        step: 'action',
        tone: 'pending',
        text: `${name}: begun, no answer known yet`,
      };
    default:
      return { step: 'action', tone: 'pending', text: `${name}: planned` };
  }
}
