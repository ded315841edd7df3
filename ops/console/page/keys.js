/** Keys of the list: `/` searches, `j` and `k` move, `x` selects. */

import { byId } from './dom.js';
import { go, place } from './place.js';

/** @type {Record<string, () => void>} */
const KEYS = {
  '/': () => {
    if (place().view !== 'events') go({ view: 'events', event: '' });
    byId('filters').elements.q.focus();
    byId('filters').elements.q.select();
  },
  j: () => move(1),
  k: () => move(-1),
  x: () => current()?.querySelector('input')?.click(),
};

export function startKeys() {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
    const focused = document.activeElement;
    // What is typed into a field stays there.
    if (focused?.matches('input:not([type="checkbox"]), select, textarea')) return;
    const act = KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

/** @returns {HTMLElement[]} the rows of the list that is shown */
const rows = () =>
  [...document.querySelectorAll('.list:not([hidden]) tbody tr')].map(
    (row) => /** @type {HTMLElement} */ (row),
  );

/** The row that has the focus, or else the open one. */
const current = () =>
  rows().find((row) => row.contains(document.activeElement)) ?? rows().find((row) => row.matches('.is-open'));

/** Moves to another row; an event that is open gives way to the one of that row. @param {number} by */
function move(by) {
  const all = rows();
  const here = current();
  const next = here ? all[all.indexOf(here) + by] : all[0];
  if (!next) return;
  if (place().event !== '') go({ event: next.dataset.event ?? '' }, { replace: true });
  next.querySelector('a')?.focus();
  next.scrollIntoView({ block: 'nearest' });
}
