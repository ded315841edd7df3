/** Events that the user has selected, on any page of the list, and what can be done with them. */

import { button, byId, fill, h } from './dom.js';
import { replay, replayMatching } from './replay.js';

/** @type {Set<string>} */
const selected = new Set();
let total = 0;

export function startSelection() {
  byId('select-page').addEventListener('change', (/** @type {any} */ { target }) => {
    for (const box of boxes()) setSelected(box.value, target.checked);
    show();
  });
}

/** @returns {HTMLInputElement[]} */
const boxes = () => [...byId('events-rows').querySelectorAll('input[type="checkbox"]')];

/** @param {string} id @param {boolean} isSelected */
function setSelected(id, isSelected) {
  if (isSelected) selected.add(id);
  else selected.delete(id);
}

/** @param {string} id of an event */
export function selectBox(id) {
  const box = h('input', {
    type: 'checkbox',
    value: id,
    'aria-label': `Select event ${id}`,
    'data-key': 'select',
    onchange: () => {
      setSelected(id, box.checked);
      show();
    },
  });
  box.checked = selected.has(id);
  return box;
}

/** @param {number} matching how many events the filters leave */
export function showSelection(matching) {
  total = matching;
  show();
}

function show() {
  const all = boxes();
  for (const box of all) box.checked = selected.has(box.value);
  const checked = all.filter((box) => box.checked).length;
  byId('select-page').disabled = all.length === 0;
  byId('select-page').checked = all.length > 0 && checked === all.length;
  byId('select-page').indeterminate = checked > 0 && checked < all.length;
  byId('selection').hidden = selected.size === 0;
  const ids = [...selected];
  fill(
    byId('selection'),
    h('strong', {}, `${selected.size.toLocaleString('en')} selected`),
    button('Replay…', () => replay(ids, false), { 'data-key': 'replay', class: 'primary' }),
    button('Run the rules again…', () => replay(ids, true), { 'data-key': 'replan' }),
    total > selected.size &&
      button(`Replay all ${total.toLocaleString('en')} that match…`, () => replayMatching(), {
        'data-key': 'matching',
      }),
    button('Clear', clear, { 'data-key': 'clear', class: 'quiet' }),
  );
}

function clear() {
  selected.clear();
  show();
}
