/** Queue depths in the header, and the count on the tab. */

import { getChanged } from './api.js';
import { byId, fill, h } from './dom.js';
import { watch } from './poll.js';

/** @typedef {import('./types.d.ts').QueueDepths} QueueDepths */

/** @type {(() => void)[]} */
const listeners = [];
let deadLetters = -1;

/** @param {() => void} listener called when the number of dead letters changes */
export const onDeadLetters = (listener) => listeners.push(listener);

export function startDepths() {
  let etag = '';
  watch('queues', async () => {
    const changed = await getChanged('queues', etag);
    if (!changed) return;
    etag = changed.etag;
    show(changed.value);
  });
}

/** @param {QueueDepths} depths */
function show({ queue, dlq }) {
  const dead = dlq.visible + dlq.in_flight + dlq.delayed;
  fill(
    byId('depths'),
    pair('Waiting', queue.visible + queue.delayed, 'for a worker'),
    pair('In progress', queue.in_flight, 'being processed, or waiting for the next attempt'),
  );
  const tab = byId('tab-dlq');
  tab.replaceChildren(
    'Dead letters',
    ...(dead > 0 ? [' ', h('span', { class: 'count' }, String(dead))] : []),
  );
  const isNew = deadLetters >= 0 && dead !== deadLetters;
  deadLetters = dead;
  if (isNew) for (const listener of listeners) listener();
}

/** @param {string} name @param {number} count @param {string} title */
const pair = (name, count, title) => h('div', { title }, h('dt', {}, name), h('dd', {}, String(count)));
