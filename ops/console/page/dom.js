/** Helpers that create elements. Text is always set as text, never as HTML. */

/** @typedef {Node | string | false | undefined | null} Child */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | boolean | undefined | ((event: any) => void)>} [attributes] functions are event listeners
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.replace(/^on/, ''), value);
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...present(children));
  return element;
}

/** @param {(Child | Child[])[]} children */
const present = (children) =>
  /** @type {(Node | string)[]} */ (children.flat().filter((child) => child instanceof Node || child));

/** @param {string} text @param {() => void} onclick @param {Record<string, string | boolean | undefined>} [attributes] */
export const button = (text, onclick, attributes = {}) =>
  h('button', { type: 'button', onclick, ...attributes }, text);

/** A choice of a list. @param {string} value @param {string} [text] */
export const option = (value, text = value) => h('option', { value }, text);

/** An element of the document by its id. @param {string} id @returns {any} */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no element #${id}`);
  return element;
}

/**
 * Replaces the contents of an element; focus stays on the element with the same `data-key`.
 * @param {Element} container
 * @param {...(Child | Child[])} children
 */
export function fill(container, ...children) {
  const focused = document.activeElement;
  const key = focused && container.contains(focused) ? focused.getAttribute('data-key') : null;
  container.replaceChildren(...present(children));
  if (key !== null) {
    /** @type {HTMLElement | null} */ (container.querySelector(`[data-key="${CSS.escape(key)}"]`))?.focus();
  }
}

/**
 * Updates rows to match items. A row stays the same element as long as its item exists, so that focus, selection and
 * screen readers keep their place.
 * @template T
 * @param {Element} container
 * @param {readonly T[]} items in order
 * @param {{ key: (item: T) => string, make: (item: T) => HTMLElement }} how
 * @returns {HTMLElement[]} the new rows
 */
export function reconcile(container, items, { key, make }) {
  const old = new Map([...container.children].map((row) => [row.getAttribute('data-id'), row]));
  const fresh = [];
  /** @type {Element | null} */
  let next = container.firstElementChild;
  for (const item of items) {
    const id = key(item);
    const shown = JSON.stringify(item);
    let row = /** @type {HTMLElement | undefined} */ (old.get(id));
    old.delete(id);
    if (!row) {
      row = make(item);
      fresh.push(row);
    } else if (row.dataset.shown !== shown) {
      const made = make(item);
      fill(row, [...made.childNodes]);
      row.className = made.className;
    }
    row.dataset.id = id;
    row.dataset.shown = shown;
    if (row === next) next = row.nextElementSibling;
    else container.insertBefore(row, next);
  }
  for (const row of old.values()) row.remove();
  return fresh;
}
