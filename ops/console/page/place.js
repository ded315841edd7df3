/** The page's view, event and filters, kept in its address, so that reloads, links and the back button work. */

/** @typedef {import('./types.d.ts').Place} Place */

/** @type {Place} */
const START = {
  view: 'events',
  event: '',
  q: '',
  state: '',
  reason: '',
  status: '',
  type: '',
  since: '7d',
  until: '',
  page: '1',
};

const NAMES = /** @type {(keyof Place)[]} */ (Object.keys(START));

export const FILTERS = /** @type {const} */ (['q', 'state', 'reason', 'status', 'type', 'since', 'until']);

/** Whether the address names an unknown view, as in a truncated link. @param {URLSearchParams} query */
const hasUnknownView = (query) => !['events', 'dlq'].includes(query.get('view') ?? START.view);

/** @returns {Place} */
export function place() {
  const query = new URLSearchParams(location.search);
  if (hasUnknownView(query)) query.delete('view');
  const given = NAMES.map((name) => [name, query.get(name) ?? START[name]]);
  return /** @type {Place} */ (Object.fromEntries(given));
}

/** The address of a place. @param {Partial<Place>} change relative to the current place */
export function addressOf(change) {
  const next = { ...place(), ...change };
  const query = new URLSearchParams();
  for (const name of NAMES) if (next[name] !== START[name]) query.set(name, next[name]);
  return query.size > 0 ? `/?${query}` : '/';
}

/** The filters as a query for the server. */
export function filterQuery() {
  const here = place();
  const query = new URLSearchParams();
  for (const name of FILTERS) if (here[name] && here[name] !== 'any') query.set(name, here[name]);
  return query.toString();
}

/** Without any filter, on the first page. @type {Partial<Place>} */
export const noFilters = Object.fromEntries(
  /** @type {const} */ ([...FILTERS, 'page']).map((name) => [name, START[name]]),
);

/** @type {((before: Place) => void)[]} */
const listeners = [];
let last = place();

// The address must be right for whoever copies it.
if (hasUnknownView(new URLSearchParams(location.search)))
  history.replaceState(null, '', addressOf({}) + location.hash);

/** @param {(before: Place) => void} listener called after each change */
export const onPlace = (listener) => listeners.push(listener);

function changed() {
  const before = last;
  last = place();
  for (const listener of listeners) listener(before);
}

/** @param {Partial<Place>} change @param {{ replace?: boolean }} [how] `replace` adds no entry to the history */
export function go(change, { replace = false } = {}) {
  const address = addressOf(change);
  if (replace) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
  changed();
}

addEventListener('popstate', changed);

/** Links within the page change the place and load nothing. */
addEventListener('click', (event) => {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest('a[href^="/?"], a[href="/"]') : null;
  if (!link) return;
  event.preventDefault();
  history.pushState(null, '', link.getAttribute('href'));
  changed();
});
