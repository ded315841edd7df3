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

/** @typedef {Parameters<typeof icon>[0]} IconName */

/** @type {Record<string, [string, IconName]>} */
const TONES = {
  received: ['pending', 'clock'],
  processing: ['pending', 'clock'],
  processed: ['good', 'check'],
  failed: ['bad', 'cross'],
  ignored: ['plain', 'dash'],
  unprocessable: ['bad', 'alert'],
  // Actions.
  planned: ['plain', 'dot'],
  begun: ['pending', 'clock'],
  waiting: ['pending', 'clock'],
  done: ['good', 'check'],
  // Dead letters.
  open: ['pending', 'clock'],
  settled: ['good', 'check'],
  stuck: ['bad', 'cross'],
};

/** @param {string} state */
export function badge(state) {
  const [tone, shape] = TONES[state] ?? ['plain', 'dot'];
  return h('span', { class: `badge ${tone}` }, icon(shape), state);
}

/** @type {Record<string, string>} */
const STATUS_TONES = { success: 'good', error: 'bad', task_failed: 'bad', cancelled: 'plain' };

/** How the run ended. @param {string | undefined} status */
export const runStatus = (status) =>
  status ? h('span', { class: `status ${STATUS_TONES[status] ?? 'plain'}` }, status) : '';

/** @type {Record<string, [string, IconName]>} */
export const TONE_ICONS = {
  plain: ['plain', 'dot'],
  good: ['good', 'check'],
  bad: ['bad', 'cross'],
  pending: ['pending', 'clock'],
};
