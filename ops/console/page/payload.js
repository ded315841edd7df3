/** The stored body: fetched only on request, and removed from the page when it is hidden. */

import { getText } from './api.js';
import { copyButton } from './copy.js';
import { button, byId, h } from './dom.js';
import { indent } from './exact-json.js';
import { place } from './place.js';
import { say } from './say.js';
import { openSendCopy } from './send.js';
import { reasonIn } from './stage.js';

/** Longer texts are slow to render; characters. */
const LIMIT = 200_000;

/** @param {import('./types.d.ts').EventDetail} event */
export function payloadButton({ event_id }) {
  const isOpen = !byId('payload').hidden;
  const element = button(label(isOpen), () => toggle(event_id, element), {
    'data-key': 'payload',
    'aria-expanded': String(isOpen),
    'aria-controls': 'payload',
  });
  return element;
}

/** @param {boolean} isOpen */
const label = (isOpen) => (isOpen ? 'Hide payload' : 'Show payload');

export function hidePayload() {
  const box = byId('payload');
  box.replaceChildren();
  box.hidden = true;
}

/** @param {string} id @param {HTMLButtonElement} element */
async function toggle(id, element) {
  if (!byId('payload').hidden) {
    hidePayload();
  } else {
    try {
      const query = new URLSearchParams({ id, ...reasonIn('detail') });
      const text = await getText(`payload?${query}`);
      // Another event may have been opened in the meantime.
      if (place().event === id) show(id, indent(text));
    } catch (error) {
      say(/** @type {Error} */ (error).message, 'bad');
    }
  }
  const isOpen = !byId('payload').hidden;
  element.setAttribute('aria-expanded', String(isOpen));
  element.textContent = label(isOpen);
}

/** @param {string} id @param {string} text */
function show(id, text) {
  const pre = h('pre', { tabindex: '0', role: 'region', 'aria-label': 'Payload' }, text.slice(0, LIMIT));
  const all = () => {
    pre.textContent = text;
    rest.remove();
  };
  const rest = button(`Show all ${text.length.toLocaleString('en')} characters`, all);
  const buttons = h(
    'div',
    { class: 'buttons' },
    copyButton(() => text, 'payload'),
    button('Send an edited copy', () => openSendCopy(id)),
  );
  byId('payload').replaceChildren(
    h('h3', {}, 'Payload'),
    pre,
    ...(text.length > LIMIT ? [rest] : []),
    buttons,
  );
  byId('payload').hidden = false;
}
