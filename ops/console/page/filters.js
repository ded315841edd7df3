/** The filters above the list. The page's address holds their values. */

import { STATUSES } from './badges.js';
import { byId, option } from './dom.js';
import { FILTERS, go, noFilters, onPlace, place } from './place.js';

/** Values, and their texts where those differ. @type {Record<string, (string | [string, string])[]>} */
const CHOICES = {
  state: [['', 'any'], 'received', 'processed', 'failed', 'ignored', 'unprocessable'],
  // Others can be chosen by the address, or by a click on the type of an event.
  type: [['', 'any'], 'run_complete', 'downed_machines'],
  status: [['', 'any'], ...STATUSES],
  since: [
    ['15m', 'last 15 minutes'],
    ['1h', 'last hour'],
    ['24h', 'last 24 hours'],
    ['7d', 'last 7 days'],
    ['30d', 'last 30 days'],
    ['any', 'any time'],
  ],
};

/** Delay after the last keystroke, milliseconds. */
const TYPING = 400;

export function startFilters() {
  const form = byId('filters');
  for (const [name, choices] of Object.entries(CHOICES)) {
    form.elements[name].append(
      ...choices.map((one) => (typeof one === 'string' ? option(one) : option(...one))),
    );
  }
  show();
  onPlace(show);

  /** @param {boolean} replace */
  const apply = (replace) => {
    const values = FILTERS.map((name) => [name, form.elements[name].value.trim()]);
    go({ ...Object.fromEntries(values), limit: noFilters.limit }, { replace });
  };
  /** @type {ReturnType<typeof setTimeout>} */
  let timer;
  form.addEventListener('input', (/** @type {Event} */ event) => {
    clearTimeout(timer);
    if (event.target instanceof HTMLInputElement) timer = setTimeout(apply, TYPING, true);
    else apply(false);
  });
  form.addEventListener('submit', (/** @type {Event} */ event) => {
    event.preventDefault();
    clearTimeout(timer);
    apply(false);
  });
  byId('filters-clear').addEventListener('click', () => {
    go(noFilters);
    form.elements.state.focus();
  });
}

function show() {
  const form = byId('filters');
  const here = place();
  for (const name of FILTERS) {
    const field = form.elements[name];
    // The address may hold a value that is not among the choices, such as a date.
    if (field instanceof HTMLSelectElement && ![...field.options].some(({ value }) => value === here[name]))
      field.append(option(here[name]));
    if (field.value !== here[name]) field.value = here[name];
  }
  byId('filters-clear').hidden = FILTERS.every((name) => here[name] === noFilters[name]);
}
