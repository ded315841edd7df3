/** What the page says: to screen readers alone, or to everybody. */

import { byId, h } from './dom.js';

/** Between two announcements, in milliseconds: a burst of events is one sentence, not a hundred. */
const REST = 4000;

let lastAt = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** Politely, and never more often than can be listened to. @param {string} text */
export function announce(text) {
  clearTimeout(timer);
  timer = setTimeout(
    () => {
      lastAt = Date.now();
      byId('announcer').textContent = text;
    },
    Math.max(0, lastAt + REST - Date.now()),
  );
}

/** @type {ReturnType<typeof setTimeout> | undefined} */
let leaving;

/** The outcome of what somebody has just done. @param {string} text @param {'good' | 'bad' | 'plain'} [tone] */
export function say(text, tone = 'plain') {
  const toast = byId('toast');
  clearTimeout(leaving);
  toast.replaceChildren(
    h('p', { class: `toast ${tone}` }, text, h('button', { class: 'quiet', onclick: hush }, 'Dismiss')),
  );
  // What went wrong stays until it is read.
  if (tone !== 'bad') leaving = setTimeout(hush, 12_000);
}

export function hush() {
  byId('toast').replaceChildren();
}

/** What is wrong as long as it is. @param {string} text empty: nothing any more */
export function complain(text) {
  const box = byId('problem');
  if (box.textContent !== text) box.textContent = text;
  box.hidden = text === '';
}
