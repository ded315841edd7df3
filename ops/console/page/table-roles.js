/**
 * Says what the parts of a table are, although they say so themselves: some browsers forget it once the rows are
 * laid out as cards.
 */
const ROLES = {
  table: 'table',
  thead: 'rowgroup',
  tbody: 'rowgroup',
  tr: 'row',
  th: 'columnheader',
  td: 'cell',
};

/** @param {Element} within */
export function nameTableParts(within) {
  for (const [tag, role] of Object.entries(ROLES)) {
    for (const part of within.querySelectorAll(tag)) part.setAttribute('role', role);
  }
}
