/** One event as a row of the list. */

import { badge, runStatus, typeInWords } from './badges.js';
import { button, h } from './dom.js';
import { replay } from './replay.js';
import { selectBox } from './selection.js';
import { decideButton } from './settle.js';
import { cell, rowLink } from './tables.js';
import { ago } from './time.js';

/** @typedef {import('./types.d.ts').EventRow} EventRow */

/** @param {EventRow} event */
export function eventRow(event) {
  const { event_id, state, type, run_id, status, received_at } = event;
  return h(
    'tr',
    { 'data-event': event_id },
    cell('select', selectBox(event_id)),
    cell('state', badge(state)),
    cell(state === 'failed' ? 'outcome bad' : 'outcome', ...outcome(event)),
    cell('workflow', workflow(event)),
    cell(
      'run',
      type === 'run_complete'
        ? runStatus(status)
        : h('span', { class: 'id', title: type }, typeInWords(event)),
      run_id && h('span', { class: 'id', title: run_id }, run_id),
    ),
    cell('event', rowLink(event_id)),
    cell('received end', ago(received_at)),
    cell('act', action(event)),
  );
}

/** @param {EventRow} event */
function outcome({ outcome: { text, next_at }, origin, reopened }) {
  const words = [origin === 'webhook' ? '' : origin, reopened ? REOPENED[reopened] : ''].filter(Boolean);
  return [
    ...words.map((word) => h('span', { class: 'tag' }, word)),
    h('span', { class: 'text', title: text }, text),
    next_at && h('span', { class: 'next' }, 'next try ', ago(next_at)),
  ];
}

/** @type {Record<string, string>} */
const REOPENED = { redriven: 'redriven', replanned: 'replanned', failed_again: 'failed again' };

/** @param {EventRow} event */
const workflow = ({ workflow_id, workflow_name }) =>
  workflow_id &&
  h(
    'span',
    { class: workflow_name ? 'name' : 'id', title: [workflow_name, workflow_id].filter(Boolean).join(', ') },
    workflow_name ?? workflow_id,
  );

/** What a person would do next about an event. @param {EventRow} event */
function action({ event_id, state, outcome: { undecided = [] } }) {
  const [first] = undecided;
  if (first) return decideButton(event_id, first, `Decide about event ${event_id}`);
  return (
    state === 'failed' &&
    button('Replay', () => replay([event_id], false), {
      'data-key': 'replay',
      'aria-label': `Replay event ${event_id}`,
    })
  );
}
