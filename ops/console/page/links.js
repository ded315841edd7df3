/** Where the AWS console shows more about the open event. The server reads logs for it, so it is not polled. */

import { get } from './api.js';
import { byId, fill, h } from './dom.js';
import { place } from './place.js';

export const hideLinks = () => fill(byId('detail-links'));

/** @param {string} id of an event */
export async function showLinks(id) {
  /** @type {import('./types.d.ts').EventLinks} */
  const { logs, traces } = await get(`links?id=${encodeURIComponent(id)}`).catch(() => ({
    logs: [],
    traces: [],
  }));
  if (place().event !== id || logs.length + traces.length === 0) return;
  fill(
    byId('detail-links'),
    h('h3', {}, 'In the AWS console'),
    h(
      'ul',
      { class: 'links' },
      ...logs.map(({ function: name, url }) => link(`Logs of the ${name}`, url)),
      ...traces.map((url, index) => link(traces.length === 1 ? 'Trace' : `Trace ${index + 1}`, url)),
    ),
  );
}

/** @param {string} text @param {string} href */
const link = (text, href) => h('li', {}, h('a', { href, target: '_blank', 'data-key': text }, text));
