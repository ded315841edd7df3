/** The live list of events. */

import { getChanged } from './api.js';
import { byId, reconcile } from './dom.js';
import { showChoices } from './filters.js';
import { showPages } from './pages.js';
import { FILTERS, filterQuery, noFilters, onPlace, place } from './place.js';
import { watch } from './poll.js';
import { eventRow } from './row.js';
import { announce } from './say.js';
import { showSelection, startSelection } from './selection.js';
import { showStates, update as updateStates } from './states.js';
import { markOpen, nameTableParts } from './tables.js';

/** @typedef {import('./types.d.ts').EventRow} EventRow */

let etag = '';
let shownFor = '';

const query = () => `${filterQuery()}&page=${place().page}`;

export function startEvents() {
  startSelection();
  const pollNow = watch('events', load);
  let asked = query();
  onPlace((before) => {
    markOpen(byId('events-rows'));
    updateStates();
    if (query() === asked && before.view === place().view) return;
    if (before.page !== place().page) byId('main').scrollIntoView();
    asked = query();
    pollNow();
  });
}

async function load() {
  if (place().view !== 'events') return;
  const asked = query();
  const changed = await getChanged(`events?${asked}`, asked === shownFor ? etag : '');
  // The filters may have changed in the meantime.
  if (!changed || asked !== query()) return;
  show(changed.value, asked === shownFor);
  etag = changed.etag;
  shownFor = asked;
}

/** @param {import('./types.d.ts').Found} found @param {boolean} isUpdate the list had the same filters before */
function show(found, isUpdate) {
  const { events, total, counts, reach } = found;
  const rows = byId('events-rows');
  const before = rows.firstElementChild?.getAttribute('data-id');
  const fresh = reconcile(rows, events, { key: ({ event_id }) => event_id, make: eventRow });
  nameTableParts(byId('events'));
  // Older events that were read only now are not new.
  const newer = isUpdate ? fresh.filter((row) => isAbove(row, before)) : [];
  for (const row of newer) row.classList.add('fresh');
  if (newer.length > 0) announce(describeNew(events.slice(0, newer.length)));
  showStates(counts.state);
  showChoices(counts);
  showPages(found);
  showSelection(total);
  markOpen(rows);
  byId('events-table').hidden = events.length === 0;
  const empty = byId('events-empty');
  empty.hidden = events.length > 0;
  empty.textContent = reach === 'reading' ? 'Reading older events…' : nothing();
}

/** @param {HTMLElement} row @param {string | null | undefined} id of the row that was the first one */
function isAbove(row, id) {
  const first = id && row.parentElement?.querySelector(`[data-id="${CSS.escape(id)}"]`);
  return !first || Boolean(row.compareDocumentPosition(first) & Node.DOCUMENT_POSITION_FOLLOWING);
}

const nothing = () =>
  FILTERS.some((name) => place()[name] !== noFilters[name])
    ? 'No events match these filters.'
    : 'No events in the last 7 days. New events appear here automatically.';

/** @param {EventRow[]} events the new ones */
const describeNew = (events) =>
  events.length === 1
    ? `New event: ${events[0]?.status ?? events[0]?.type}, ${events[0]?.state}.`
    : `${events.length} new events.`;
