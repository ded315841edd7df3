/** The dialog for a change of many: what it would do, its progress, and a way to stop it. */

import { byId, h } from './dom.js';
import { confirmation, confirmationText, setReason } from './stage.js';

/**
 * @typedef {object} Bulk
 * @property {string} title the question
 * @property {string[]} facts what would happen
 * @property {string} action label of the button; empty: there is nothing to do
 * @property {boolean} [isForGood] the button then warns
 * @property {number} total
 * @property {(confirm: object, signal: AbortSignal) => AsyncGenerator<any>} start
 * @property {(line: any) => string | undefined} follow returns the final message, undefined before it; the lines of each
 * caller have a type of their own, which it names
 */

/** @type {Bulk | undefined} */
let bulk;
/** @type {AbortController | undefined} */
let running;

export function startBulk() {
  byId('bulk-start').addEventListener('click', run);
  byId('bulk-close').addEventListener('click', () => {
    if (running) running.abort();
    else byId('bulk').close();
  });
  // Work in progress is stopped, not left behind.
  byId('bulk').addEventListener('close', () => running?.abort());
}

/** @param {Bulk} asked */
export function openBulk(asked) {
  bulk = asked;
  byId('bulk-title').textContent = asked.title;
  const facts = [...asked.facts, confirmationText()].filter(Boolean);
  byId('bulk-facts').replaceChildren(...facts.map((fact) => h('li', {}, fact)));
  byId('bulk-progress').hidden = true;
  byId('bulk-note').textContent = '';
  setReason('bulk');
  byId('bulk-close').textContent = 'Cancel';
  byId('bulk-start').textContent = asked.action;
  byId('bulk-start').hidden = asked.action === '';
  byId('bulk-start').className = asked.isForGood ? 'danger' : 'primary';
  byId('bulk').showModal();
}

async function run() {
  if (!bulk || running) return;
  const { start, follow, total } = bulk;
  running = new AbortController();
  byId('bulk-start').hidden = true;
  byId('bulk-close').textContent = 'Stop';
  let count = 0;
  progress(0, total);
  try {
    for await (const line of start(confirmation('bulk'), running.signal)) {
      const last = follow(line);
      if (last !== undefined) byId('bulk-note').textContent = last;
      else progress(++count, total);
    }
  } catch (error) {
    const stopped = `Stopped after ${count} of ${total}. The rest is as it was.`;
    byId('bulk-note').textContent = running.signal.aborted ? stopped : /** @type {Error} */ (error).message;
  }
  running = undefined;
  byId('bulk-close').textContent = 'Close';
  byId('bulk-close').focus();
}

/** @param {number} count @param {number} total */
function progress(count, total) {
  byId('bulk-progress').hidden = false;
  byId('bulk-bar').max = Math.max(total, count, 1);
  byId('bulk-bar').value = count;
  byId('bulk-count').textContent = `${count} of ${Math.max(total, count)}`;
}
