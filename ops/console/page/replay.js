/** Replaying events and re-running their rules. */

import { post, postForLines } from './api.js';
import { openBulk } from './bulk.js';
import { button } from './dom.js';
import { filterQuery } from './place.js';
import { say } from './say.js';
import { confirmed } from './stage.js';

/** @typedef {import('./types.d.ts').EventDetail} EventDetail */
/** @typedef {import('./types.d.ts').ReplayOutcome} ReplayOutcome */
/** @typedef {import('./types.d.ts').ReplayPreview} ReplayPreview */

/** What is said of one event, and of many. @type {Record<ReplayOutcome, [string, 'good' | 'plain', string]>} */
const OUTCOMES = {
  sent: ['Sent to the queue again.', 'good', 'unfinished: another message is sent'],
  reopened: ['Reopened: the event is processed again.', 'good', 'failed: reopened'],
  undecided: [
    'Left as it is: it needs a decision.',
    'plain',
    'with an unknown outcome: left as they are, as they need a decision',
  ],
  replanned: [
    'The rules run again; only actions without a record are started.',
    'good',
    'finished: the rules run again, and only actions without a record are started',
  ],
  unchanged: [
    'Nothing to do: every follow-up has a result, and none is started twice.',
    'plain',
    'processed: nothing to do, as every follow-up has a result',
  ],
  unasked: [
    'Nothing to do: no rule was about its type.',
    'plain',
    'of a type that no rule was about: nothing to do',
  ],
  copy: ['This is a duplicate: replay the original event instead.', 'plain', 'duplicates: nothing to do'],
  probe: [
    'This is a probe sent by the doctor command: it never starts anything.',
    'plain',
    'probes: nothing to do',
  ],
  never_acts: [
    'This event never starts anything, even if replayed.',
    'plain',
    'ignored or unprocessable: nothing to do',
  ],
};

/** @param {string} outcome */
const wordsOf = (outcome) => OUTCOMES[/** @type {ReplayOutcome} */ (outcome)] ?? [outcome, 'plain', outcome];

/** @param {EventDetail} event */
export function replayButtons(event) {
  const isUnasked = event.state === 'ignored' && event.reason === 'unknown_event_type';
  if ((event.state === 'ignored' && !isUnasked) || event.state === 'unprocessable') return [];
  if (event.state === 'processed' && event.origin === 'probe') return [];
  const id = event.event_id;
  const again = button('Replay', () => replay([id], false, 'detail'), {
    title: 'Processes the event again; nothing is started twice.',
    'data-key': 'replay',
  });
  const replan = button('Run the rules again', () => replay([id], true, 'detail'), {
    title: 'Starts what the current rules ask for, unless it is already recorded.',
    'data-key': 'replan',
  });
  if (isUnasked) return [replan];
  return event.state === 'processed' && event.duplicate_of === undefined ? [again, replan] : [again];
}

/**
 * @param {string[]} ids of events
 * @param {boolean} replan
 * @param {string} [from] part of the page where a reason may have been given
 */
export async function replay(ids, replan, from) {
  if (ids.length > 1) return preview({ ids, replan }, replan);
  const question = replan ? 'Run the rules again for this event?' : 'Replay this event?';
  const confirm = await confirmed(question, replan ? 'Run again' : 'Replay', from);
  if (!confirm) return;
  try {
    for await (const line of postForLines('replay', { ids, replan, ...confirm })) sayLine(line);
  } catch (error) {
    say(/** @type {Error} */ (error).message, 'bad');
  }
}

/** Replays all events that the filters leave. */
export const replayMatching = () => preview({ query: filterQuery() }, false);

/** @param {import('./types.d.ts').ReplayLine} line */
function sayLine(line) {
  if (line.kind === 'failed') return say(line.message, 'bad');
  if (line.kind === 'done') return line.unknown > 0 && say('This event no longer exists.', 'bad');
  const [text, tone] = wordsOf(line.outcome);
  return say(text, tone);
}

/** Shows what a replay would do, and offers to do it. @param {object} asked @param {boolean} replan */
async function preview(asked, replan) {
  try {
    /** @type {ReplayPreview} */
    const { ids, outcomes } = await post('replay-preview', asked);
    const all = Object.values(outcomes).reduce((sum, number) => sum + number, 0);
    const verb = replan ? 'Run the rules again for' : 'Replay';
    const which = ids.length === all ? count(all) : `${ids.length.toLocaleString('en')} of ${count(all)}`;
    openBulk({
      title: `${verb} ${which}?`,
      facts: Object.keys(OUTCOMES).flatMap((outcome) => factOf(outcome, outcomes)),
      action: ids.length > 0 ? `${verb} ${count(ids.length)}` : '',
      total: ids.length,
      start: (confirm, signal) => postForLines('replay', { ids, replan, ...confirm }, signal),
      follow,
    });
  } catch (error) {
    say(/** @type {Error} */ (error).message, 'bad');
  }
}

/** @param {string} outcome @param {ReplayPreview['outcomes']} outcomes */
function factOf(outcome, outcomes) {
  const number = outcomes[/** @type {ReplayOutcome} */ (outcome)];
  return number ? [`${number.toLocaleString('en')} ${wordsOf(outcome)[2]}`] : [];
}

/** @param {number} number */
export const count = (number) => (number === 1 ? '1 event' : `${number.toLocaleString('en')} events`);

/** @param {import('./types.d.ts').ReplayLine} line */
function follow(line) {
  if (line.kind === 'replayed') return undefined;
  if (line.kind === 'failed') return line.message;
  return line.unknown > 0 ? `Done. ${count(line.unknown)} no longer existed.` : 'Done.';
}
