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

/** @typedef {{ confirm?: string, because?: string }} Confirmation what a change carries */

/**
 * What a change carries: the name of the stage, where that is required, and why it is made, if a person says so.
 * @param {string} name of the part of the page with the field for the reason
 * @returns {Confirmation}
 */
export const confirmation = (name) => ({
  ...(stage.asks_first && { confirm: stage.name }),
  ...reasonIn(name),
});

/** @param {string} name of a part of the page */
const reasonField = (name) => /** @type {HTMLInputElement} */ (byId(name).querySelector('[name="because"]'));

/** @param {string} name of a part of the page @returns {{ because?: string }} */
export function reasonIn(name) {
  const because = reasonField(name).value.trim();
  return because === '' ? {} : { because };
}

/** Each act has a reason of its own. @param {string} name of a part of the page @param {string} [text] */
export function setReason(name, text = '') {
  reasonField(name).value = text;
}

/** What the page says before a change, where the stage requires it. */
export const confirmationText = () =>
  stage.asks_first ? `This changes ${stage.stack} in ${stage.region}.` : '';

/**
 * Asks for confirmation before a change, where the stage requires it.
 * @param {string} title the question
 * @param {string} action label of the button
 * @param {string} [from] name of the part of the page where a reason may have been given
 * @returns {Promise<Confirmation | undefined>} what to send; undefined when cancelled
 */
export async function confirmed(title, action, from) {
  const given = from === undefined ? {} : reasonIn(from);
  if (!stage.asks_first) return given;
  const dialog = byId('confirm');
  byId('confirm-title').textContent = title;
  byId('confirm-text').textContent = confirmationText();
  byId('confirm-yes').textContent = action;
  setReason('confirm', given.because);
  dialog.returnValue = 'no';
  dialog.showModal();
  await new Promise((resolve) => dialog.addEventListener('close', resolve, { once: true }));
  return dialog.returnValue === 'yes' ? confirmation('confirm') : undefined;
}
