/** Badges for states and statuses. The word carries the meaning; shape and colour support it. */

import { h } from './dom.js';
import { icon } from './icons.js';

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
