/** Copies an id or a text. */

import { button } from './dom.js';
import { announce, say } from './say.js';

/** How long the button says so, milliseconds. */
const SHOWN = 1500;

/** @param {() => string} text @param {string} what it is, for the button's name @param {Record<string, string>} [attributes] */
export function copyButton(text, what, attributes = {}) {
  const element = button('Copy', copy, { class: 'copy', 'aria-label': `Copy ${what}`, ...attributes });
  async function copy() {
    try {
      await navigator.clipboard.writeText(text());
    } catch {
      say('The browser does not allow this page to copy.', 'bad');
      return;
    }
    element.textContent = 'Copied';
    announce(`Copied ${what}.`);
    setTimeout(() => {
      element.textContent = 'Copy';
    }, SHOWN);
  }
  return element;
}
