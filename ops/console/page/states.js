/** Counts by state, each a filter. */

import { byId, fill, h } from './dom.js';
import { addressOf, place } from './place.js';

/** @typedef {import('./types.d.ts').Found} Found */

/** In the order of an event's way. @type {[string, string][]} */
const STATES = [
  ['', 'All'],
  ['received', 'Received'],
  ['processed', 'Processed'],
  ['failed', 'Failed'],
  ['ignored', 'Ignored'],
  ['unprocessable', 'Unprocessable'],
];

/** Those that need a person. */
const BAD = ['failed', 'unprocessable'];

/** @type {Found['counts']['state'] | undefined} */
let counts;

/** @param {Found['counts']['state']} found */
export function showStates(found) {
  counts = found;
  update();
}

/** Also after the place has changed. */
export function update() {
  if (counts === undefined) return;
  const { state } = place();
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  fill(
    byId('states'),
    STATES.map(([value, name]) =>
      h(
        'a',
        {
          href: addressOf({ state: value, page: '1' }),
          class: BAD.includes(value) && (counts?.[value] ?? 0) > 0 ? 'bad' : '',
          'aria-current': state === value && 'true',
          'data-key': `state ${value}`,
        },
        name,
        ' ',
        h('span', { class: 'number' }, (value === '' ? all : (counts?.[value] ?? 0)).toLocaleString('en')),
      ),
    ),
  );
}
