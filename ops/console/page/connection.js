/** Whether the console's server is there. Asking costs nothing, so it is asked every second. */

import { CallError, get } from './api.js';
import { byId, h } from './dom.js';
import { ago } from './time.js';

/** Between two questions, milliseconds. */
const INTERVAL = 1000;

let lostAt = 0;
/** @type {(() => void)[]} */
const listeners = [];

/** @param {() => void} listener called when the server is there again */
export const onReconnect = (listener) => listeners.push(listener);

export const isLost = () => lostAt > 0;

export function startConnection() {
  setInterval(async () => {
    if (document.hidden || byId('live').getAttribute('aria-pressed') !== 'true') return;
    try {
      await get('stage');
    } catch (error) {
      // A server that refuses is there.
      if (failed(error)) return;
    }
    found();
  }, INTERVAL);
}

/** Takes note of a failed call. @param {unknown} error @returns whether the server is not there */
export function failed(error) {
  if (!(error instanceof CallError) || error.status !== 0) return false;
  if (!isLost()) {
    lostAt = Date.now();
    show();
  }
  return true;
}

function found() {
  if (!isLost()) return;
  lostAt = 0;
  show();
  for (const listener of listeners) listener();
}

function show() {
  document.body.classList.toggle('is-lost', isLost());
  byId('live').textContent = isLost() ? 'Disconnected' : 'Live';
  byId('lost').hidden = !isLost();
  if (!isLost()) return;
  byId('lost').replaceChildren(
    h('strong', {}, 'The console’s server is not responding. '),
    'It was lost ',
    ago(new Date(lostAt).toISOString()),
    ', so what you see may have changed. If it was stopped, start it again and open its page anew.',
  );
}
