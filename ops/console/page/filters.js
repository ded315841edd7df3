/** The search and the filters above the list. The page's address holds their values. */

import { byId, fill, h, option } from './dom.js';
import { FILTERS, go, noFilters, onPlace, place } from './place.js';

/** @typedef {import('./types.d.ts').Found} Found */

/** @type {[string, string][]} */
const PERIODS = [
  ['15m', 'Last 15 minutes'],
  ['1h', 'Last hour'],
  ['24h', 'Last 24 hours'],
  ['7d', 'Last 7 days'],
  ['30d', 'Last 30 days'],
  ['any', 'Any time'],
  ['custom', 'From … to …'],
];

/** Filters whose choices are the values that there are, and what they are called without one. */
const CHOSEN = /** @type {const} */ ({
  reason: 'Any reason',
  status: 'Any run status',
  type: 'Any type',
});

/** Delay after the last keystroke, milliseconds. */
const TYPING = 250;

/** @returns {any} */
const fields = () => byId('filters').elements;

export function startFilters() {
  const form = byId('filters');
  fields().since.append(...PERIODS.map((one) => option(...one)));
  showChoices({ state: {}, reason: {}, status: {}, type: {} });
  show();
  onPlace(show);
  /** @type {ReturnType<typeof setTimeout>} */
  let timer;
  form.addEventListener('input', (/** @type {any} */ { target }) => {
    clearTimeout(timer);
    // A choice counts at once: what arrives until later would reset the field to the old one.
    if (!(target instanceof HTMLInputElement)) return apply(target.name, false);
    timer = setTimeout(() => apply(target.name, true), TYPING);
  });
  form.addEventListener('submit', (/** @type {Event} */ event) => {
    event.preventDefault();
    clearTimeout(timer);
    apply('q', false);
  });
  const fold = byId('filters-open');
  fold.addEventListener('click', () =>
    fold.setAttribute('aria-expanded', String(fold.getAttribute('aria-expanded') !== 'true')),
  );
  byId('filters-clear').addEventListener('click', () => {
    go(noFilters);
    fields().q.focus();
  });
}

/** @param {string} name of the field that has changed @param {boolean} replace */
function apply(name, replace) {
  const { q, since, reason, status, type, from, to } = fields();
  const isCustom = since.value === 'custom';
  if (name === 'since' && isCustom) return openRange();
  const chosen = { q: q.value.trim(), reason: reason.value, status: status.value, type: type.value };
  const period = isCustom
    ? { since: toIso(from.value) || 'any', until: toIso(to.value) }
    : { since: since.value, until: '' };
  go({ ...chosen, ...period, page: '1' }, { replace });
}

/** Shows the fields of a period, filled with the one that was chosen before. */
function openRange() {
  const { from, to } = fields();
  byId('range').hidden = false;
  to.value ||= toLocal(new Date().toISOString());
  from.value ||= toLocal(new Date(Date.now() - 86_400_000).toISOString());
  apply('from', false);
  from.focus();
}

/** @param {string} local of a field @returns ISO 8601 in UTC; empty for an empty field */
const toIso = (local) => (local ? new Date(local).toISOString() : '');

/** @param {string} iso @returns what a field shows, in the time zone of the browser */
function toLocal(iso) {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return '';
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function show() {
  const here = place();
  const { q, since, from, to } = fields();
  if (document.activeElement !== q || q.value.trim() !== here.q) q.value = here.q;
  const isCustom = here.until !== '' || !PERIODS.some(([value]) => value === here.since);
  since.value = isCustom ? 'custom' : here.since;
  byId('range').hidden = !isCustom;
  if (isCustom && document.activeElement !== from) from.value = toLocal(here.since);
  if (isCustom && document.activeElement !== to) to.value = toLocal(here.until);
  for (const name of /** @type {const} */ (['reason', 'status', 'type'])) choose(name, here[name]);
  byId('filters-clear').hidden = FILTERS.every((name) => here[name] === noFilters[name]);
  showCount();
}

/** On a narrow screen the filters are folded, and the button says how many of them are in use. */
function showCount() {
  const here = place();
  const chosen = Object.keys(CHOSEN).filter((name) => here[/** @type {keyof typeof CHOSEN} */ (name)] !== '');
  const hasPeriod = here.since !== noFilters.since || here.until !== '';
  const count = chosen.length + Number(hasPeriod);
  fill(
    byId('filters-open'),
    'Filters',
    count > 0 && h('span', { class: 'number' }, ` ${count}`, h('span', { class: 'unseen' }, ' active')),
  );
}

/** @param {keyof typeof CHOSEN} name @param {string} value */
function choose(name, value) {
  const field = fields()[name];
  // The address may hold a value that no event has now.
  if (![...field.options].some((one) => one.value === value)) field.append(option(value));
  if (field.value !== value) field.value = value;
}

/** Offers the values that the events have. @param {Found['counts']} counts */
export function showChoices(counts) {
  for (const [name, none] of Object.entries(CHOSEN)) {
    const field = fields()[name];
    const found = Object.entries(counts[/** @type {keyof typeof CHOSEN} */ (name)]);
    const choices = found.sort().map(([value, count]) => option(value, `${value} (${count})`));
    // An open list must not change under the pointer.
    if (document.activeElement === field && field.matches(':open')) continue;
    field.replaceChildren(option('', none), ...choices);
    // A single value leaves nothing to choose.
    field.hidden = found.length < 2 && place()[/** @type {keyof typeof CHOSEN} */ (name)] === '';
    choose(/** @type {keyof typeof CHOSEN} */ (name), place()[/** @type {keyof typeof CHOSEN} */ (name)]);
  }
}
