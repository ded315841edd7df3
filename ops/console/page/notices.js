/** What concerns the whole stage: refused deliveries, a pause. */

import { getChanged } from './api.js';
import { icon } from './badges.js';
import { copyButton } from './copy.js';
import { button, byId, fill, h } from './dom.js';
import { watch } from './poll.js';
import { ago } from './time.js';

/** @typedef {import('./types.d.ts').Notice} Notice */

export function startNotices() {
  let etag = '';
  watch('notices', async () => {
    const changed = await getChanged('notices', etag);
    if (!changed) return;
    etag = changed.etag;
    show(changed.value.notices);
  });
}

/** Next steps that are shown; the rest are a line each. @type {Set<string>} */
const open = new Set();

/** @param {Notice[]} notices */
function show(notices) {
  const box = byId('notices');
  fill(
    box,
    notices.map(({ kind, text, next, commands = [], until }) =>
      h(
        'div',
        { class: `notice ${kind === 'refused' ? 'bad' : 'pending'}` },
        icon(kind === 'refused' || kind === 'unread' ? 'alert' : 'clock'),
        h(
          'p',
          {},
          text,
          '. ',
          until && h('span', { class: 'next' }, 'Next try ', ago(until), '.'),
          ...(next ? step(next, commands) : []),
        ),
      ),
    ),
  );
  box.hidden = notices.length === 0;
}

/** Folded, so that a notice takes no more room than it needs beside the list. @param {string} next @param {string[]} commands */
function step(next, commands) {
  const text = h(
    'span',
    { class: 'next', hidden: !open.has(next) },
    ...withCommands(` Next: ${next}.`, commands),
  );
  const fold = button('What to do', () => {
    text.hidden = !text.hidden;
    fold.setAttribute('aria-expanded', String(!text.hidden));
    if (text.hidden) open.delete(next);
    else open.add(next);
  });
  fold.className = 'fold';
  fold.dataset.key = `step ${next}`;
  fold.setAttribute('aria-expanded', String(open.has(next)));
  return [fold, text];
}

/** Commands can be copied. @param {string} text @param {string[]} commands in their order */
function withCommands(text, commands) {
  const parts = [];
  let rest = text;
  for (const each of commands) {
    const at = rest.indexOf(each);
    parts.push(rest.slice(0, at), command(each));
    rest = rest.slice(at + each.length);
  }
  return [...parts, rest];
}

/** @param {string} text */
const command = (text) =>
  h(
    'span',
    { class: 'command' },
    h('code', {}, ...withWholeOptions(text)),
    copyButton(() => text, 'command'),
  );

/** No line ends between the dashes of an option. @param {string} text */
const withWholeOptions = (text) =>
  text
    .split(/(--[a-z][a-z-]*)/)
    .map((part, index) => (index % 2 === 1 ? h('span', { class: 'word' }, part) : part));
