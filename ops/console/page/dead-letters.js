import { get, postForLines } from './api.js';
import { badge } from './badges.js';
import { openBulk } from './bulk.js';
import { onDeadLetters } from './depths.js';
import { button, byId, h, reconcile } from './dom.js';
import { go, onPlace, place } from './place.js';
import { say } from './say.js';
import { confirmed } from './stage.js';
import { cell, markOpen, nameTableParts, rowLink } from './tables.js';
import { ago } from './time.js';

/** @typedef {import('./types.d.ts').DeadLetterView} DeadLetterView */

/** @type {DeadLetterView[]} */
let messages = [];
/** There are more than these. */
let isMore = false;
/** One list or redrive at a time: a message that one of them holds is hidden from the other. */
let queue = Promise.resolve();
let isLoadDue = false;

/** @param {() => Promise<unknown>} work */
function take(work) {
  queue = queue.then(work).then(() => undefined);
  return queue;
}

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
  take(async () => {
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
  isMore = more;
  reconcile(byId('dlq-rows'), found, { key: ({ message_id }) => message_id, make });
  nameTableParts(byId('dlq'));
  markOpen(byId('dlq-rows'));
  byId('dlq-table').hidden = found.length === 0;
  const all = byId('dlq-all');
  all.hidden = redrivable() + countOf('settled') === 0;
  all.textContent = more ? 'Redrive all…' : `Redrive ${redrivable()}…`;
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
  const { outcome, workflow_name, workflow_id } = message;
  const why = [explanation, moved_by === 'receive_count' && 'moved by SQS after too many receives'];
  const words = why.filter(Boolean).join('; ');
  // What to do follows what it is.
  const advice = explanation?.split('; ').slice(1).join('; ');
  return h(
    'tr',
    { 'data-event': event_id },
    cell('state', badge(standing)),
    cell(
      'reason',
      h('code', {}, reason),
      h(
        'span',
        { class: 'why', title: words },
        outcome ? [outcome, advice].filter(Boolean).join('; ') : words,
      ),
    ),
    cell('workflow', workflow_name ?? (workflow_id && h('span', { class: 'id' }, workflow_id))),
    cell('event', event_id === undefined ? h('span', { class: 'id' }, message_id) : rowLink(event_id)),
    cell('received', ago(sent_at)),
    cell('act', action(message)),
  );
}

/** What a person would do next about a message. @param {DeadLetterView} message */
function action(message) {
  const { event_id, standing } = message;
  if (standing === 'stuck') return false;
  if (needsDecision(message)) {
    const attributes = {
      class: 'primary',
      'data-key': 'decide',
      'aria-label': `Decide about event ${event_id}`,
    };
    return button('Decide…', () => go({ event: event_id }), attributes);
  }
  return button(standing === 'settled' ? 'Remove' : 'Redrive', () => ask(message), {
    'data-key': 'redrive',
    'aria-label': `Redrive event ${event_id}`,
  });
}

/** One message, or all: then what would happen is shown first. @param {DeadLetterView | undefined} message */
async function ask(message) {
  if (!message) return openBulk(redriveAll());
  const confirm = await confirmed('Redrive this dead letter?', 'Redrive');
  if (!confirm) return;
  byId('dlq-title').focus();
  await take(async () => {
    try {
      for await (const line of postForLines('redrive', { id: message.message_id, ...confirm })) follow(line);
    } catch (error) {
      say(/** @type {Error} */ (error).message, 'bad');
    }
  });
}

/** @returns {import('./bulk.js').Bulk} */
function redriveAll() {
  const open = redrivable();
  return {
    title: isMore ? 'Redrive all dead letters?' : `Redrive ${open} of ${messages.length} dead letters?`,
    facts: [
      isMore && `these are the first ${messages.length}; there are more`,
      `${open} to be sent back to the queue, at most ten a second`,
      undecided() > 0 && `${undecided()} left in place, as they need a decision`,
      countOf('settled') > 0 && `${countOf('settled')} to be removed, as their events have moved on`,
      countOf('stuck') > 0 && `${countOf('stuck')} left in place, as they cannot be redriven`,
    ].filter((fact) => fact !== false),
    action: isMore ? 'Redrive all' : `Redrive ${open}`,
    total: open,
    start: (confirm, signal) => alone(postForLines('redrive', confirm, signal)),
    follow: (line) => (line.kind === 'moved' ? undefined : wordsOf(line)),
  };
}

/** @param {DeadLetterView['standing']} standing */
const countOf = (standing) => messages.filter((message) => message.standing === standing).length;

/** @param {DeadLetterView} message */
const needsDecision = ({ standing, reason }) => standing === 'open' && reason === 'outcome_unknown';

const undecided = () => messages.filter(needsDecision).length;

/** A redrive of all leaves out what needs a decision. */
const redrivable = () => countOf('open') - undecided();

/** Holds up lists until the lines end. @param {AsyncGenerator<any>} lines @returns {AsyncGenerator<any>} */
async function* alone(lines) {
  /** @type {(value?: unknown) => void} */
  let end = () => undefined;
  take(() => new Promise((resolve) => (end = resolve)));
  try {
    yield* lines;
  } finally {
    end();
    load();
  }
}

/** @param {import('./types.d.ts').RedriveLine} line */
function follow(line) {
  if (line.kind === 'moved') return;
  if (line.kind === 'failed') return say(line.message, 'bad');
  say(wordsOf(line), line.redriven + line.settled > 0 ? 'good' : 'plain');
}

/** @param {Exclude<import('./types.d.ts').RedriveLine, { kind: 'moved' }>} line */
function wordsOf(line) {
  if (line.kind === 'failed') return line.message;
  const { redriven, settled, stuck, undecided } = line;
  if (redriven + settled + stuck + undecided === 0)
    return 'There was nothing to redrive: the messages no longer exist, or another reader holds them.';
  const parts = [
    `${redriven} sent back to the queue`,
    settled > 0 && `${settled} removed (their events have moved on)`,
    stuck > 0 && `${stuck} left in place`,
    undecided > 0 && `${undecided} left in place until someone decides about them`,
  ];
  return `${parts.filter(Boolean).join(', ')}.`;
}
