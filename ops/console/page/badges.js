/** Badges for states and statuses. The word carries the meaning; shape and colour support it. */

import { h } from './dom.js';

/** Line icons on a 16 × 16 grid. Each only repeats the text beside it. */
const PATHS = {
  check: 'M3.5 8.5l3 3 6-7',
  cross: 'M4.5 4.5l7 7m0-7l-7 7',
  dash: 'M4 8h8',
  alert: 'M8 3v6m0 3.2v.3',
  clock: 'M8 2.6a5.4 5.4 0 1 0 0 10.8a5.4 5.4 0 1 0 0-10.8M8 5.2v3l2 1.2',
  dot: 'M8 6.2a1.8 1.8 0 1 0 0 3.6a1.8 1.8 0 1 0 0-3.6',
};

const SVG = 'http://www.w3.org/2000/svg';

/** @param {keyof typeof PATHS} name */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('aria-hidden', 'true');
  svg.classList.add('icon');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}

/** Tones and their icons. @type {Record<string, keyof typeof PATHS>} */
export const TONE_ICONS = { plain: 'dot', good: 'check', bad: 'cross', pending: 'clock' };

/** Of events, actions and dead letters; any other state is plain. @type {Record<string, string[]>} */
const TONES = {
  good: ['processed', 'done', 'settled'],
  bad: ['failed', 'unprocessable', 'stuck'],
  pending: ['received', 'processing', 'begun', 'waiting', 'open'],
};

/** States with an icon of their own. @type {typeof TONE_ICONS} */
const STATE_ICONS = { ignored: 'dash', unprocessable: 'alert' };

/** @param {string} state */
export function badge(state) {
  const [tone = 'plain'] = Object.entries(TONES).find(([, states]) => states.includes(state)) ?? [];
  return h('span', { class: `badge ${tone}` }, icon(STATE_ICONS[state] ?? TONE_ICONS[tone] ?? 'dot'), state);
}

/** What an event is, as the command says it. @param {Pick<import('./types.d.ts').EventRow, 'type' | 'reason'>} event */
export const typeInWords = ({ type, reason }) => (reason === 'not_json' ? 'not JSON' : type);

/** @type {Record<string, string>} */
const STATUS_TONES = { success: 'good', error: 'bad', task_failed: 'bad', cancelled: 'plain' };

export const STATUSES = Object.keys(STATUS_TONES);

/** How the run ended. @param {string | undefined} status */
export const runStatus = (status) =>
  status ? h('span', { class: `status ${STATUS_TONES[status] ?? 'plain'}` }, status) : '';
