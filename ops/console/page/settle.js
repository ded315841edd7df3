/** The dialog in which a person records the outcome of an action. */

import { post } from './api.js';
import { button, byId } from './dom.js';
import { say } from './say.js';
import { confirmed } from './stage.js';

/** @typedef {{ number: number, rule: string, kind: string }} Undecided an action; numbers from 1 */

/** What the dialog is open for. */
let id = '';
let number = 0;

/** @returns {any} */
const fields = () => byId('settle-form').elements;

export function startSettle() {
  const dialog = byId('settle');
  byId('settle-cancel').addEventListener('click', () => dialog.close());
  byId('settle-form').addEventListener('change', readChoice);
  byId('settle-form').addEventListener('submit', (/** @type {Event} */ event) => {
    event.preventDefault();
    settle();
  });
}

/**
 * @param {string} event its id
 * @param {Undecided} action
 * @param {string} [label] where the button alone does not say which event is meant
 */
export const decideButton = (event, action, label) =>
  button('Decide…', () => open(event, action), {
    class: 'primary',
    'data-key': `decide ${action.number}`,
    'aria-label': label,
  });

/** @param {string} event @param {Undecided} action */
function open(event, { number: action, rule, kind }) {
  id = event;
  number = action;
  byId('settle-form').reset();
  byId('settle-what').textContent = `${rule}: ${kind} (action ${action})`;
  readChoice();
  note('');
  byId('settle').showModal();
}

/** @param {string} text */
function note(text) {
  byId('settle-note').textContent = text;
}

/** A run is named only if it is the choice. */
function readChoice() {
  const { choice, run } = fields();
  run.disabled = choice.value !== 'run';
  run.required = choice.value === 'run';
}

let isSending = false;

async function settle() {
  if (isSending) return;
  const { choice, run } = fields();
  const body = { id, action: number, choice: choice.value };
  const confirm = await confirmed('Record this decision?', 'Record', 'settle');
  if (!confirm) return;
  isSending = true;
  note('Recording…');
  try {
    const named = choice.value === 'run' ? { run: run.value.trim() } : {};
    /** @type {import('./types.d.ts').Settled} */
    const { outcome, text, next } = await post('settle', { ...body, ...named, ...confirm });
    if (outcome === 'refused') return note(`Nothing was changed: ${next ? `${text}: ${next}` : text}.`);
    byId('settle').close();
    say(`Recorded: ${text}.`, 'good');
  } catch (error) {
    note(/** @type {Error} */ (error).message);
  } finally {
    isSending = false;
  }
}
