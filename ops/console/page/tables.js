import { h } from './dom.js';
import { addressOf, place } from './place.js';

/** Roles of a table's parts, set explicitly: some browsers drop the implicit ones once rows are laid out as cards. */
const ROLES = {
  table: 'table',
  thead: 'rowgroup',
  tbody: 'rowgroup',
  tr: 'row',
  th: 'columnheader',
  td: 'cell',
};

/** @param {string} name @param {...import('./dom.js').Child} children */
export const cell = (name, ...children) => h('td', { class: name }, children);

/** @param {string} id */
export const rowLink = (id) =>
  h('a', { href: addressOf({ event: id }), class: 'id', 'data-key': 'open', title: id }, id);

/** @param {Element} within */
export function nameTableParts(within) {
  for (const [tag, role] of Object.entries(ROLES)) {
    for (const part of within.querySelectorAll(tag)) part.setAttribute('role', role);
  }
}

/** Marks the row of the open event and updates the rows' links to the current filters. @param {Element} rows */
export function markOpen(rows) {
  const open = place().event;
  for (const row of rows.querySelectorAll('[data-event]')) {
    const id = row.getAttribute('data-event') ?? '';
    row.classList.toggle('is-open', id === open);
    const link = row.querySelector('a');
    link?.setAttribute('href', addressOf({ event: id }));
    if (id === open) link?.setAttribute('aria-current', 'true');
    else link?.removeAttribute('aria-current');
  }
}
