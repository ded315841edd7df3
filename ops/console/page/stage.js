/** The stage that the page shows, and the confirmation before it is changed. */

import { byId } from './dom.js';

/** @type {import('./types.d.ts').StageInfo} */
let stage;

/** @param {import('./types.d.ts').StageInfo} info */
export function setStage(info) {
  stage = info;
}

/** Polling interval, milliseconds. */
export const interval = () => stage.interval;

/**
 * Asks for confirmation before a change, where the stage requires it.
 * @param {string} title the question
 * @param {string} action label of the button
 * @returns {Promise<{ confirm?: string } | undefined>} the confirmation to send; undefined when cancelled
 */
export async function confirmed(title, action) {
  if (!stage.asks_first) return {};
  const dialog = byId('confirm');
  byId('confirm-title').textContent = title;
  byId('confirm-text').textContent = `This changes ${stage.stack} in ${stage.region}.`;
  byId('confirm-yes').textContent = action;
  dialog.returnValue = 'no';
  dialog.showModal();
  await new Promise((resolve) => dialog.addEventListener('close', resolve, { once: true }));
  return dialog.returnValue === 'yes' ? { confirm: stage.name } : undefined;
}
