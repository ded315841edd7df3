/** Times: shown as relative, exact on hover and for machines. */

import { h } from './dom.js';

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'narrow' });
const exact = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'long', hourCycle: 'h23' });
const time = new Intl.DateTimeFormat('en', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
  hourCycle: 'h23',
});

/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** @param {number} at epoch milliseconds */
function relativeTo(at, now = Date.now()) {
  const seconds = (at - now) / 1000;
  const [unit, size] = UNITS.find(([, least]) => Math.abs(seconds) >= least) ?? ['second', 1];
  if (unit === 'second' && Math.abs(seconds) < 5) return 'just now';
  return relative.format(Math.trunc(seconds / size), unit);
}

/** @param {string} iso */
export function ago(iso) {
  const at = new Date(iso);
  const title = exact.format(at);
  return h('time', { datetime: iso, title, 'data-relative': true }, relativeTo(at.getTime()));
}

/** To the millisecond, for steps within a second. @param {string} iso */
export function precise(iso) {
  const at = new Date(iso);
  const today = at.toDateString() === new Date().toDateString();
  const day = today ? '' : `${at.toLocaleDateString('en', { month: 'short', day: 'numeric' })}, `;
  return h('time', { datetime: iso, title: exact.format(at) }, day + time.format(at));
}

const minute = new Intl.DateTimeFormat('en', {
  month: 'short',
  day: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

/** To the minute, with the day. @param {number} at epoch milliseconds */
export const clock = (at) => minute.format(new Date(at));

/** @param {string} iso */
export const full = (iso) => h('time', { datetime: iso }, exact.format(new Date(iso)));

setInterval(() => {
  for (const element of document.querySelectorAll('time[data-relative]')) {
    const text = relativeTo(Date.parse(element.getAttribute('datetime') ?? ''));
    if (element.textContent !== text) element.textContent = text;
  }
}, 1000);
