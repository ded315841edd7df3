/** Which stage this is, and the question before it is changed. */

import { byId } from './dom.js';

/** @type {import('./types.d.ts').StageInfo} */
let stage;

/** @param {import('./types.d.ts').StageInfo} info */
export function knowStage(info) {
  stage = info;
}

/** Milliseconds between two looks. */
export const interval = () => stage.interval;

/**
 * Asks before a change where the stage is one of those.
 *
 * @param {string} title what would be done, as a question
 * @param {string} action word on the button
 * @returns {Promise<{ confirm?: string } | undefined>} what to send along; undefined: rather not
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
