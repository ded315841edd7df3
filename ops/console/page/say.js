/** Messages, for screen readers alone or for everyone. */

import { byId, h } from './dom.js';

/** Time between two announcements, milliseconds: a burst of events becomes one sentence, not a hundred. */
const INTERVAL = 4000;

let lastAt = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** Announces a text to screen readers, but not more often than one can listen. @param {string} text */
export function announce(text) {
  clearTimeout(timer);
  const delay = Math.max(0, lastAt + INTERVAL - Date.now());
  timer = setTimeout(() => {
    lastAt = Date.now();
    byId('announcer').textContent = text;
  }, delay);
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let leaving;

/** Shows the outcome of what the user has just done. @param {string} text @param {'good' | 'bad' | 'plain'} [tone] */
export function say(text, tone = 'plain') {
  const toast = byId('toast');
  clearTimeout(leaving);
  toast.replaceChildren(
    h('p', { class: `toast ${tone}` }, text, h('button', { class: 'quiet', onclick: dismiss }, 'Dismiss')),
  );
  // A failure stays until it is dismissed.
  if (tone !== 'bad') leaving = setTimeout(dismiss, 12_000);
}

function dismiss() {
  byId('toast').replaceChildren();
}

/** Shows a problem for as long as it lasts. @param {string} text empty when it is over */
export function showProblem(text) {
  const box = byId('problem');
  if (box.textContent !== text) box.textContent = text;
  box.hidden = text === '';
}
