/** An event's way, step by step. */

import { TONE_ICONS } from './badges.js';
import { h } from './dom.js';
import { icon } from './icons.js';
import { addressOf } from './place.js';
import { precise } from './time.js';

/** @typedef {import('./types.d.ts').EventDetail} EventDetail */
/** @typedef {import('./types.d.ts').TimelineEntry} TimelineEntry */

/** @type {Record<TimelineEntry['step'], string>} */
const TITLES = {
  started_by: 'Follow-up',
  received: 'Received',
  queued: 'Queued',
  resent: 'Sent again',
  duplicate: 'Copy',
  reopened: 'Reopened',
  planned: 'Plan',
  action: 'Action',
  working: 'In work',
  waiting: 'Waiting',
  crashed: 'Crash',
  dead_lettered: 'Dead letter',
  finished: 'Finished',
};

/** @param {EventDetail} event */
export function timeline(event) {
  // Actions are in the timeline in their own order.
  const actions = event.actions.values();
  const steps = event.timeline.map((entry) =>
    step(entry, entry.step === 'action' ? actions.next().value : undefined),
  );
  const started = event.started_by?.event_id;
  return h(
    'ol',
    { class: 'timeline' },
    ...steps,
    started &&
      h(
        'li',
        { class: 'plain' },
        marker('plain'),
        h('p', { class: 'text' }, 'Started by ', eventLink(started)),
      ),
  );
}

/** @param {TimelineEntry} entry @param {import('./types.d.ts').ActionView} [action] */
function step({ at, step: name, tone, text }, action) {
  const [title, rest] = action
    ? [`Action: ${action.rule}`, text.replace(`${action.rule} #${action.position + 1} `, '')]
    : [TITLES[name] ?? name, text];
  return h(
    'li',
    { class: tone, 'data-step': name },
    marker(tone),
    h('p', { class: 'title' }, h('span', {}, title), at && precise(at)),
    h('p', { class: 'text' }, breakable(rest)),
    action &&
      action.followed_by.length > 0 &&
      h(
        'p',
        { class: 'text' },
        'Came back as ',
        ...action.followed_by.map(({ event_id }) => eventLink(event_id)),
      ),
  );
}

/** @param {TimelineEntry['tone']} tone */
const marker = (tone) => h('span', { class: 'marker' }, icon(TONE_ICONS[tone]?.[1] ?? 'dot'));

/** @param {string} id */
const eventLink = (id) =>
  h('a', { href: addressOf({ event: id }), class: 'whole mono', 'data-key': `event ${id}` }, id);

/** Sets ids apart from words. @param {string} text */
const breakable = (text) =>
  text
    .split(/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/i)
    .map((part, index) => (index % 2 === 1 ? h('code', { class: 'whole' }, part) : part));
