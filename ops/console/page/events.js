/** The live list of events. */

import { getChanged } from './api.js';
import { badge, runStatus } from './badges.js';
import { button, byId, h, reconcile } from './dom.js';
import { FILTERS, filterQuery, go, noFilters, onPlace, place } from './place.js';
import { watch } from './poll.js';
import { announce } from './say.js';
import { cell, markOpen, nameTableParts, rowLink } from './tables.js';
import { ago } from './time.js';

/** @typedef {import('./types.d.ts').EventSummary} EventSummary */

let etag = '';
let shownFor = '';

export function startEvents() {
  const pollNow = watch('events', load);
  let asked = filterQuery();
  onPlace((before) => {
    markOpen(byId('events-rows'));
    if (filterQuery() === asked && before.view === place().view) return;
    asked = filterQuery();
    pollNow();
  });
}

async function load() {
  if (place().view !== 'events') return;
  const query = filterQuery();
  const changed = await getChanged(`events?${query}`, query === shownFor ? etag : '');
  // The filters may have changed in the meantime.
  if (!changed || query !== filterQuery()) return;
  show(changed.value, query === shownFor);
  etag = changed.etag;
  shownFor = query;
}

/** @param {import('./types.d.ts').Found} found @param {boolean} isUpdate the list had the same filters before */
function show({ events, more, partial }, isUpdate) {
  const rows = byId('events-rows');
  const fresh = reconcile(rows, events, { key: ({ event_id }) => event_id, make });
  nameTableParts(byId('events'));
  if (isUpdate) {
    for (const row of fresh) row.classList.add('fresh');
    if (fresh.length > 0) announce(describeNew(events.slice(0, fresh.length)));
  }
  markOpen(rows);
  byId('events-table').hidden = events.length === 0;
  const empty = byId('events-empty');
  empty.hidden = events.length > 0;
  empty.textContent = FILTERS.some((name) => place()[name] !== noFilters[name])
    ? 'No events match these filters.'
    : 'No events in the last 7 days. New events appear here automatically.';
  showFoot(events.length, more, partial);
}

/** @param {EventSummary[]} events the new ones */
const describeNew = (events) =>
  events.length === 1
    ? `New event: ${events[0]?.status ?? events[0]?.type}, ${events[0]?.state}.`
    : `${events.length} new events.`;

/** @param {number} count @param {boolean} more @param {boolean} partial */
function showFoot(count, more, partial) {
  const foot = byId('events-foot');
  foot.hidden = !more && !partial;
  if (more) {
    const limit = String(Math.min(count * 2, 500));
    const onclick = () => go({ limit }, { replace: true });
    foot.replaceChildren(
      `Showing the newest ${count}. `,
      count < 500 ? button('Show more', onclick) : 'Narrow the filters to see more.',
    );
  } else if (partial) {
    foot.textContent =
      'The search stopped before the oldest event, as there are too many. Choose a shorter period, a workflow or a run.';
  }
}

/** @param {EventSummary} event */
function make(event) {
  const { event_id, state, reason, type, run_id, workflow_id, status, received_at } = event;
  return h(
    'tr',
    { 'data-event': event_id },
    cell('state', badge(state), reason ? h('span', { class: 'why' }, reason) : ''),
    cell('event', rowLink(event_id), tags(event)),
    cell(
      'ended',
      type === 'run_complete' ? runStatus(status) : h('span', { class: 'id', title: type }, type),
    ),
    cell('run', run_id && h('span', { class: 'id', title: run_id }, run_id)),
    cell('workflow', workflow_id && h('span', { class: 'id', title: workflow_id }, workflow_id)),
    cell('received end', ago(received_at)),
  );
}

/** @type {Record<string, string>} */
const REOPENED = { redriven: 'redriven', replanned: 'replanned', failed_again: 'failed again' };

/** @param {EventSummary} event */
function tags({ origin, duplicate_of, reopened }) {
  const words = [
    origin === 'webhook' ? '' : origin,
    duplicate_of ? 'duplicate' : '',
    reopened ? REOPENED[reopened] : '',
  ].filter(Boolean);
  const made = words.map((word) => h('span', { class: 'tag' }, word));
  return words.length > 0 && h('span', { class: 'tags' }, ...made);
}
