import { icon, TONE_ICONS } from './badges.js';
import { h } from './dom.js';
import { addressOf } from './place.js';
import { decideButton } from './settle.js';
import { precise } from './time.js';

/** @typedef {import('./types.d.ts').EventDetail} EventDetail */
/** @typedef {import('./types.d.ts').TimelineEntry} TimelineEntry */

/** @type {Record<TimelineEntry['step'], string>} */
const TITLES = {
  started_by: 'Follow-up',
  received: 'Received',
  queued: 'Queued',
  resent: 'Resent',
  duplicate: 'Duplicate',
  reopened: 'Reopened',
  unbegun: 'Not started',
  unidentified: 'End of the run',
  overdue: 'Overdue',
  planned: 'Planned',
  idle: 'Other rules',
  action: 'Action',
  decided: 'Decided',
  audited: 'On record',
  undecided: 'Decision needed',
  working: 'In progress',
  waiting: 'Waiting',
  crashed: 'Crashed',
  dead_lettered: 'Dead letter',
  finished: 'Finished',
};

/** @param {EventDetail} event */
export function timeline(event) {
  // The timeline lists actions in the order of the plan, and what was or must be decided after each.
  let number = 0;
  const others = [
    event.started_by?.event_id,
    event.duplicate_of,
    ...event.actions.flatMap(({ followed_by }) => followed_by.map(({ event_id }) => event_id)),
  ];
  const linked = [...new Set(others)].filter((id) => id !== undefined);
  const steps = event.timeline.map((entry) => {
    if (entry.step === 'action') number += 1;
    const shown = step(entry, linked, entry.step === 'action' ? titled(event, number) : undefined);
    const undecided = entry.step === 'undecided' && event.actions[number - 1];
    if (undecided) shown.append(decideButton(event.event_id, { ...undecided, number }));
    return shown;
  });
  return h('ol', { class: 'timeline' }, ...steps);
}

/**
 * An action's title, different for each action of a rule, and how its text begins.
 * @param {EventDetail} event @param {number} number
 */
function titled({ actions }, number) {
  const { rule = '', position = 0 } = actions[number - 1] ?? {};
  const isOnly = actions.filter((action) => action.rule === rule).length === 1;
  return {
    title: `Action: ${rule}${isOnly ? '' : ` #${position + 1}`}`,
    beginning: `${rule} #${position + 1} `,
  };
}

/** @param {TimelineEntry} entry @param {string[]} linked @param {ReturnType<typeof titled>} [action] */
function step({ at, step: name, tone, text }, linked, action) {
  const [title, rest] = action
    ? [action.title, text.replace(action.beginning, '')]
    : [TITLES[name] ?? name, text];
  return h(
    'li',
    { class: tone, 'data-step': name },
    h('span', { class: 'marker' }, icon(TONE_ICONS[tone] ?? 'dot')),
    h('p', { class: 'title' }, h('span', {}, title), at && precise(at)),
    h('p', { class: 'text' }, ...withLinks(rest, linked)),
  );
}

/**
 * Text with links to other events, and with other ids set as code.
 * @param {string} text
 * @param {string[]} ids of other events
 * @returns {(Node | string)[]}
 */
function withLinks(text, ids) {
  const [id, ...others] = ids;
  if (id === undefined) return withCode(text);
  return text
    .split(id)
    .flatMap((piece, index) => [...(index > 0 ? [eventLink(id)] : []), ...withLinks(piece, others)]);
}

/** @param {string} id */
const eventLink = (id) =>
  h('a', { href: addressOf({ event: id }), class: 'whole mono', 'data-key': `event ${id}` }, id);

/** @param {string} text @returns {(Node | string)[]} */
const withCode = (text) =>
  text
    .split(/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/i)
    .map((part, index) => (index % 2 === 1 ? h('code', { class: 'whole' }, part) : part));
