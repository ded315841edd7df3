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

/** Where a person looks up a run at Cyberdesk; undefined where another API stands in for Cyberdesk. */
export const dashboard = () => stage.dashboard;

/** What a change must carry, where the stage requires it. @returns {{ confirm?: string }} */
export const confirmation = () => (stage.asks_first ? { confirm: stage.name } : {});

/** What the page says before a change, where the stage requires it. */
export const confirmationText = () =>
  stage.asks_first ? `This changes ${stage.stack} in ${stage.region}.` : '';

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
  byId('confirm-text').textContent = confirmationText();
  byId('confirm-yes').textContent = action;
  dialog.returnValue = 'no';
  dialog.showModal();
  await new Promise((resolve) => dialog.addEventListener('close', resolve, { once: true }));
  return dialog.returnValue === 'yes' ? confirmation() : undefined;
}
