/** What concerns the whole stage: refused deliveries, a pause. */

import { getChanged } from './api.js';
import { icon } from './badges.js';
import { copyButton } from './copy.js';
import { byId, h } from './dom.js';
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

/** @param {Notice[]} notices */
function show(notices) {
  const box = byId('notices');
  box.replaceChildren(
    ...notices.map(({ kind, text, next, until }) =>
      h(
        'p',
        { class: `notice ${kind === 'refused' ? 'bad' : 'pending'}` },
        icon(kind === 'refused' ? 'alert' : 'clock'),
        h(
          'span',
          {},
          text,
          '. ',
          until && h('span', { class: 'next' }, 'Next try ', ago(until), '.'),
          next && h('span', { class: 'next' }, ...withCommands(`Next: ${next}.`)),
        ),
      ),
    ),
  );
  box.hidden = notices.length === 0;
}

const COMMAND = /(npx --no cyberdesk-webhooks(?: [a-z][a-z-]*)*(?: --[a-z-]+(?: [\w:]+)?)*)/;

/** Commands can be copied. @param {string} text */
const withCommands = (text) =>
  text.split(COMMAND).map((part, index) => (index % 2 === 1 ? command(part) : part));

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
