import type { EventItem } from '../../lambda/core/model/index.ts';
import { explainReason } from './reasons.ts';
import { isProbe } from './summary.ts';
import type { TimelineEntry } from './view.ts';

const MERGED_WITHOUT_END: TimelineEntry = {
  step: 'duplicate',
  tone: 'bad',
  text: 'neither event names an ended_at, and Cyberdesk named the same end for both: if the run was retried in place and ended twice, only one of its endings was acted on',
};

/** How an event ended, or that it has not. */
export function ending(event: EventItem): TimelineEntry[] {
  const at = event.finished_at === undefined ? {} : { at: event.finished_at };
  const why = explainReason(event.reason ?? '');
  switch (event.state) {
    case 'received':
      return [{ step: 'waiting', tone: 'pending', text: 'not finished yet' }];
    case 'processed':
      return [{ ...at, ...processed(event) }, ...(event.merged_without_end ? [MERGED_WITHOUT_END] : [])];
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
