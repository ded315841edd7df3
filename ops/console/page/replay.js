/** Replaying an event, and asking the rules again. */

import { post } from './api.js';
import { h } from './dom.js';
import { say } from './say.js';
import { confirmed } from './stage.js';

/** @typedef {import('./types.d.ts').EventDetail} EventDetail */

/** @type {Record<import('./types.d.ts').Replay['outcome'], [string, 'good' | 'plain']>} */
const OUTCOMES = {
  sent: ['Sent to the queue once more.', 'good'],
  reopened: ['Reopened: it is on its way again.', 'good'],
  replanned: ['The rules are asked again; only what has no record is started.', 'good'],
  unchanged: ['Nothing to do: every follow-up has its result, and none is started twice.', 'plain'],
  copy: ['This is a copy: replay the event that it is a copy of.', 'plain'],
  probe: ['This is a probe of the doctor: it starts nothing, replayed or not.', 'plain'],
  never_acts: ['This event starts nothing, replayed or not.', 'plain'],
};

/** @param {EventDetail} event */
export function replayButtons(event) {
  if (event.state === 'ignored' || event.state === 'unprocessable') return [];
  if (event.state === 'processed' && event.origin === 'probe') return [];
  const again = button('Replay', 'Sends the event through once more; starts nothing twice.', () =>
    replay(event.event_id, false),
  );
  const replan = button('Ask the rules again', 'Adds what today’s rules ask for and has no record yet.', () =>
    replay(event.event_id, true),
  );
  return event.state === 'processed' && event.duplicate_of === undefined ? [again, replan] : [again];
}

/** @param {string} text @param {string} title @param {() => void} onclick */
const button = (text, title, onclick) =>
  h('button', { type: 'button', title, onclick, 'data-key': text }, text);

/** @param {string} id @param {boolean} replan */
async function replay(id, replan) {
  const confirm = await confirmed(
    replan ? 'Ask the rules again for this event?' : 'Replay this event?',
    replan ? 'Ask again' : 'Replay',
  );
  if (!confirm) return;
  try {
    /** @type {import('./types.d.ts').Replay} */
    const { outcome } = await post('replay', { id, replan, ...confirm });
    say(...(OUTCOMES[outcome] ?? [outcome, 'plain']));
  } catch (error) {
    say(/** @type {Error} */ (error).message, 'bad');
  }
}
