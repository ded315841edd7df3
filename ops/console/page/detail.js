/** One event: its facts, its actions and its timeline. */

import { CallError, getChanged } from './api.js';
import { badge, runStatus, typeInWords } from './badges.js';
import { copyButton } from './copy.js';
import { byId, fill, h } from './dom.js';
import { eraseButtons } from './erase.js';
import { hideLinks, showLinks } from './links.js';
import { hidePayload, payloadButton } from './payload.js';
import { addressOf, go, noFilters, onPlace, place } from './place.js';
import { watch } from './poll.js';
import { replayButtons } from './replay.js';
import { announce } from './say.js';
import { dashboard, setReason } from './stage.js';
import { ago, full } from './time.js';
import { timeline } from './timeline.js';

/** @typedef {import('./types.d.ts').EventDetail} EventDetail */

let shown = '';
let etag = '';
let state = '';

export function startDetail() {
  const pollNow = watch('event', load);
  const open = (/** @type {boolean} */ focus) => {
    const { event } = place();
    byId('detail').hidden = event === '';
    if (event === shown) return;
    const before = shown;
    shown = event;
    etag = '';
    state = '';
    hidePayload();
    setReason('detail');
    fill(byId('detail-top'));
    fill(byId('detail-body'));
    hideLinks();
    if (event !== '') {
      fill(byId('detail-body'), h('p', { class: 'empty' }, 'Loading…'));
      pollNow();
    }
    if (focus) moveFocus(event, before);
  };
  onPlace(() => open(true));
  open(false);
  byId('detail-close').addEventListener('click', () => go({ event: '' }));
  document.addEventListener('keydown', (event) => {
    const isBusy = document.activeElement?.matches('dialog *, input, select, textarea');
    if (event.key === 'Escape' && place().event !== '' && !isBusy) go({ event: '' });
  });
}

/** Moves focus into the opened event, or back to its row. @param {string} event @param {string} before */
function moveFocus(event, before) {
  if (event !== '') return byId('detail-title').focus();
  const row = document.querySelector(`.list:not([hidden]) [data-event="${CSS.escape(before)}"] a`);
  const heading = byId(place().view === 'dlq' ? 'dlq-title' : 'events-title');
  /** @type {HTMLElement} */ (row ?? heading).focus();
}

async function load() {
  const id = shown;
  if (id === '') return;
  try {
    const changed = await getChanged(`event?id=${encodeURIComponent(id)}`, etag);
    if (!changed || id !== shown) return;
    etag = changed.etag;
    show(changed.value);
  } catch (error) {
    if (id !== shown) return;
    // Not a failure of the console: the event does not exist, or no longer.
    if (error instanceof CallError && error.status === 404) {
      fill(byId('detail-top'));
      return fill(byId('detail-body'), nothing(id));
    }
    if (etag === '') fill(byId('detail-body'), h('p', { class: 'empty' }, 'This event could not be loaded.'));
    throw error;
  }
}

/** The page's own text, as the server's names a shell command. @param {string} id */
const nothing = (id) =>
  h(
    'p',
    { class: 'empty' },
    'There is no event ',
    h('code', { class: 'whole' }, id),
    ' here: its ID is incomplete or mistyped, or the event has expired. ',
    h('a', { href: addressOf({ view: 'events', event: '' }), 'data-key': 'back' }, 'Back to the list'),
  );

/** @param {EventDetail} event */
function show(event) {
  const now = event.progress ?? event.state;
  if (state !== '' && state !== now) announce(`The open event is now ${now}.`);
  if (state !== now) showLinks(event.event_id);
  state = now;
  fill(
    byId('detail-top'),
    h(
      'div',
      { class: 'summary' },
      badge(now),
      event.status && h('span', {}, 'Run status: ', runStatus(event.status)),
      copyable('event ID', event.event_id),
    ),
    outcome(event),
    h('div', { class: 'buttons' }, ...replayButtons(event), payloadButton(event), ...eraseButtons(event)),
  );
  fill(byId('detail-body'), h('h3', {}, 'Timeline'), timeline(event), h('h3', {}, 'Facts'), facts(event));
}

/** What happened, before how it came to that. @param {EventDetail} event */
function outcome({ state, outcome: { text, next_at } }) {
  if (!text) return '';
  const tone = state === 'failed' || state === 'unprocessable' ? 'outcome bad' : 'outcome';
  return h('p', { class: tone }, h('span', { class: 'text' }, text), next_at && nextTry(next_at));
}

/** @param {string} at */
const nextTry = (at) => h('span', { class: 'next' }, 'next try ', ago(at));

/** @param {EventDetail} event */
function facts(event) {
  /** @type {[string, import('./dom.js').Child][]} */
  const pairs = [
    ['Run', event.run_id && h('span', {}, searchLink('run', event.run_id), atCyberdesk())],
    ['Workflow', event.workflow_name],
    [
      event.workflow_name ? 'Workflow ID' : 'Workflow',
      event.workflow_id && searchLink('workflow', event.workflow_id),
    ],
    ['Type', typeLink(event)],
    ['Run ended', event.ended_at && full(event.ended_at)],
    ['Received', full(event.received_at)],
    ['Finished', event.finished_at && full(event.finished_at)],
    ['Depth', String(event.depth)],
    ['Failures', event.failure > 0 && String(event.failure)],
    ['Svix ID', copyable('Svix ID', event.svix_id)],
    ['Body', `${event.body_bytes.toLocaleString('en')} bytes`],
  ];
  return h(
    'dl',
    { class: 'facts' },
    ...pairs
      .filter(([, value]) => value)
      .map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))),
  );
}

/** An id, to be copied. @param {string} what it is @param {string} id */
const copyable = (what, id) =>
  h(
    'span',
    { class: 'copyable' },
    h('code', { class: 'whole' }, id),
    copyButton(() => id, what, { 'data-key': `copy ${what}` }),
  );

/** @param {'run' | 'workflow'} name @param {string} id */
function searchLink(name, id) {
  const href = addressOf({ ...noFilters, view: 'events', q: id, since: 'any' });
  const title = `Show the events of this ${name}`;
  return h(
    'span',
    { class: 'copyable' },
    h('a', { href, class: 'whole mono', title, 'data-key': name }, id),
    copyButton(() => id, `${name} ID`, { 'data-key': `copy ${name}` }),
  );
}

/** @param {EventDetail} event */
const typeLink = (event) =>
  h(
    'a',
    {
      href: addressOf({ ...noFilters, view: 'events', type: event.type, since: 'any' }),
      class: 'whole mono',
      title: 'Show the events of this type',
      'data-key': 'type',
    },
    typeInWords(event),
  );

/** Cyberdesk documents no address of a single run: there a person searches for its id. */
const atCyberdesk = () =>
  dashboard() !== undefined &&
  h('a', { href: dashboard(), target: '_blank', 'data-key': 'dashboard' }, 'Open Cyberdesk’s dashboard');
