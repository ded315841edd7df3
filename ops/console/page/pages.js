/** Which part of the list is shown, and the way to the others. */

import { byId, fill, h } from './dom.js';
import { addressOf } from './place.js';

/** Rows of a page; the server says how many there are. */
const SIZE = 100;

/** @type {Record<import('./types.d.ts').Found['reach'], string>} */
const REACH = {
  whole: '',
  reading: ' so far; older events are being read',
  full: ', the newest of this period; choose a shorter one to search older events',
};

/** @param {import('./types.d.ts').Found} found */
export function showPages({ events, total, page, reach }) {
  const number = (/** @type {number} */ value) => value.toLocaleString('en');
  const first = (page - 1) * SIZE + 1;
  const last = first + events.length - 1;
  byId('events-range').textContent =
    total === 0
      ? REACH[reach].replace(/^ so far; (.)/, (_, letter) => letter.toUpperCase())
      : `${number(first)} to ${number(last)} of ${number(total)}${REACH[reach]}`;
  const isLast = page * SIZE >= total;
  const link = (/** @type {string} */ text, /** @type {number} */ to) =>
    h('a', { href: addressOf({ page: String(to) }), 'data-key': text }, text);
  byId('pages').hidden = total <= SIZE;
  fill(byId('pages'), page > 1 && link('Newer', page - 1), !isLast && link('Older', page + 1));
}
