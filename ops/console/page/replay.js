/** Replaying an event and re-running its rules. */

import { post } from './api.js';
import { button } from './dom.js';
import { say } from './say.js';
import { confirmed } from './stage.js';

/** @typedef {import('./types.d.ts').EventDetail} EventDetail */

/** @type {Record<import('./types.d.ts').Replay['outcome'], [string, 'good' | 'plain']>} */
const OUTCOMES = {
  sent: ['Sent to the queue again.', 'good'],
  reopened: ['Reopened: the event is processed again.', 'good'],
  replanned: ['The rules run again; only actions without a record are started.', 'good'],
  unchanged: ['Nothing to do: every follow-up has a result, and none is started twice.', 'plain'],
  copy: ['This is a duplicate: replay the original event instead.', 'plain'],
  probe: ['This is a probe sent by the doctor command: it never starts anything.', 'plain'],
  never_acts: ['This event never starts anything, even if replayed.', 'plain'],
};

/** @param {EventDetail} event */
export function replayButtons(event) {
  if (event.state === 'ignored' || event.state === 'unprocessable') return [];
  if (event.state === 'processed' && event.origin === 'probe') return [];
  const id = event.event_id;
  const again = button('Replay', () => replay(id, false), {
    title: 'Processes the event again; nothing is started twice.',
    'data-key': 'replay',
  });
  const replan = button('Run the rules again', () => replay(id, true), {
    title: 'Starts what the current rules ask for, unless it is already recorded.',
    'data-key': 'replan',
  });
  return event.state === 'processed' && event.duplicate_of === undefined ? [again, replan] : [again];
}

/** @param {string} id @param {boolean} replan */
async function replay(id, replan) {
  const question = replan ? 'Run the rules again for this event?' : 'Replay this event?';
  const confirm = await confirmed(question, replan ? 'Run again' : 'Replay');
  if (!confirm) return;
  try {
    /** @type {import('./types.d.ts').Replay} */
    const { outcome } = await post('replay', { id, replan, ...confirm });
    say(...(OUTCOMES[outcome] ?? [outcome, 'plain']));
  } catch (error) {
    say(/** @type {Error} */ (error).message, 'bad');
  }
}
