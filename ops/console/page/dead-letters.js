import { get, postForLines } from './api.js';
import { badge } from './badges.js';
import { onDeadLetters } from './depths.js';
import { button, byId, h, reconcile } from './dom.js';
import { onPlace, place } from './place.js';
import { say } from './say.js';
import { confirmed } from './stage.js';
import { cell, markOpen, nameTableParts, rowLink } from './tables.js';
import { ago } from './time.js';

/** @typedef {import('./types.d.ts').DeadLetterView} DeadLetterView */

/** @type {DeadLetterView[]} */
let messages = [];
/** One list or redrive at a time: a message that one of them holds is hidden from the other. */
let queue = Promise.resolve();
let isLoadDue = false;

/** Listing hides messages from other readers for a moment, so it is not polled: it waits for a change, or a click. */
export function startDeadLetters() {
  byId('dlq-refresh').addEventListener('click', load);
  byId('dlq-all').addEventListener('click', () => ask(undefined));
  onDeadLetters(load);
  onPlace((before) => {
    if (before.view === 'dlq') markOpen(byId('dlq-rows'));
    else load();
  });
  load();
}

function load() {
  if (place().view !== 'dlq' || isLoadDue) return;
  isLoadDue = true;
  queue = queue.then(async () => {
    isLoadDue = false;
    byId('dlq').setAttribute('aria-busy', 'true');
    try {
      /** @type {import('./types.d.ts').DeadLetterList} */
      const found = await get('dlq');
      show(found);
    } catch (error) {
      byId('dlq-empty').textContent = /** @type {Error} */ (error).message;
      byId('dlq-empty').hidden = false;
    }
    byId('dlq').setAttribute('aria-busy', 'false');
  });
}

/** @param {import('./types.d.ts').DeadLetterList} found */
function show({ messages: found, more, hidden }) {
  messages = found;
  reconcile(byId('dlq-rows'), found, { key: ({ message_id }) => message_id, make });
  nameTableParts(byId('dlq'));
  markOpen(byId('dlq-rows'));
  byId('dlq-table').hidden = found.length === 0;
  const all = byId('dlq-all');
  all.hidden = !found.some(({ standing }) => standing !== 'stuck');
  all.textContent = more ? 'Redrive all' : `Redrive all (${found.length})`;
  const notes = [
    more && `Showing the first ${found.length}.`,
    hidden > 0 &&
      `${hidden} ${found.length > 0 ? 'more ' : ''}cannot be shown: another list or redrive is in progress or was interrupted. Try again in 10 minutes.`,
  ].filter(Boolean);
  const note = byId('dlq-empty');
  note.hidden = found.length > 0 && notes.length === 0;
  note.textContent = notes.join(' ') || 'No dead letters.';
}

/** @param {DeadLetterView} message */
function make(message) {
  const { message_id, event_id, standing, reason, explanation, moved_by, sent_at } = message;
  const by =
    moved_by === 'service' ? 'failed permanently in the processor' : 'moved by SQS after too many receives';
  return h(
    'tr',
    { 'data-event': event_id },
    cell('state', badge(standing)),
    cell('event', event_id === undefined ? h('span', { class: 'id' }, message_id) : rowLink(event_id)),
    cell(
      'reason',
      h('code', {}, reason),
      h('span', { class: 'why' }, [explanation, by].filter(Boolean).join('; ')),
    ),
    cell('received', ago(sent_at)),
    cell(
      'act',
      standing !== 'stuck' &&
        button(standing === 'settled' ? 'Remove' : 'Redrive', () => ask(message), {
          'data-key': 'redrive',
          'aria-label': `Redrive event ${event_id}`,
        }),
    ),
  );
}

/** @param {DeadLetterView | undefined} message undefined for all */
async function ask(message) {
  const question = message ? 'Redrive this dead letter?' : 'Redrive all dead letters?';
  const confirm = await confirmed(question, 'Redrive');
  if (!confirm) return;
  if (message) byId('dlq-title').focus();
  queue = queue.then(() =>
    redrive({ ...(message && { id: message.message_id }), ...confirm }, message ? 1 : messages.length),
  );
  load();
}

/** @param {object} body @param {number} total */
async function redrive(body, total) {
  progress(0, total);
  try {
    for await (const line of postForLines('redrive', body)) follow(line, total);
  } catch (error) {
    say(/** @type {Error} */ (error).message, 'bad');
  }
  byId('dlq-progress').hidden = true;
}

/** @param {import('./types.d.ts').RedriveLine} line @param {number} total */
function follow(line, total) {
  if (line.kind === 'moved') return progress(line.moved, total);
  if (line.kind === 'failed') return say(line.message, 'bad');
  const { redriven, settled, stuck } = line;
  if (redriven + settled + stuck === 0)
    return say('There was nothing to redrive: the messages no longer exist, or another reader holds them.');
  const parts = [
    `${redriven} sent back to the queue`,
    settled > 0 && `${settled} removed (their events have moved on)`,
    stuck > 0 && `${stuck} left in place`,
  ];
  say(`${parts.filter(Boolean).join(', ')}.`, redriven + settled > 0 ? 'good' : 'plain');
}

/** @param {number} moved @param {number} total */
function progress(moved, total) {
  byId('dlq-progress').hidden = false;
  byId('dlq-bar').max = Math.max(total, moved, 1);
  byId('dlq-bar').value = moved;
  byId('dlq-moved').textContent = `${moved} of ${Math.max(total, moved)} sent back`;
}
