/** Deliveries and failed events over the period of the list. What went wrong hangs below the line, however little. */

import { getChanged } from './api.js';
import { byId, fill, h } from './dom.js';
import { go, onPlace, place } from './place.js';
import { watch } from './poll.js';
import { clock } from './time.js';

/** @typedef {import('./types.d.ts').Chart} Chart */

const SVG = 'http://www.w3.org/2000/svg';
/** Heights above and below the line, in units of the drawing. */
const [UP, DOWN] = [30, 14];
/** Of a bar and its gap. */
const STEP = 10;

/** Series from the line outwards. @type {['accepted' | 'refused' | 'failed', string][]} */
const SERIES = [
  ['accepted', 'Accepted'],
  ['refused', 'Refused'],
  ['failed', 'Failed'],
];

export function startChart() {
  let etag = '';
  let shownFor = '';
  const pollNow = watch('chart', async () => {
    if (place().view !== 'events') return;
    const asked = query();
    try {
      const changed = await getChanged(`chart?${asked}`, asked === shownFor ? etag : '');
      if (!changed || asked !== query()) return;
      etag = changed.etag;
      shownFor = asked;
      show(changed.value);
    } catch (error) {
      byId('chart').hidden = true;
      shownFor = '';
      // Whoever may not read metrics still has the list; the notice about deliveries names the reason.
      if (/** @type {{ status?: number }} */ (error).status === 0) throw error;
    }
  });
  onPlace(() => query() !== shownFor && pollNow());
}

/** The period alone: metrics know no other filter. */
function query() {
  const { since, until } = place();
  const period = Object.entries({ since, until }).filter(([, value]) => value && value !== 'any');
  return new URLSearchParams(period).toString();
}

/** @param {Chart} chart */
function show(chart) {
  const { from, period, accepted } = chart;
  const sums = SERIES.map(([name, title]) => ({ name, title, sum: sumOf(chart[name]) }));
  const text = sums.map(({ title, sum }) => `${title.toLowerCase()} ${sum}`).join(', ');
  byId('chart').hidden = false;
  fill(
    byId('chart'),
    h(
      'figcaption',
      {},
      sums.map(({ name, title, sum }) =>
        h('span', { class: `legend ${name}` }, `${title} `, h('strong', {}, sum.toLocaleString('en'))),
      ),
      h('span', { class: 'span' }, `${clock(from)} to ${clock(from + period * accepted.length)}`),
    ),
    draw(chart, `Deliveries and failed events: ${text}`),
  );
}

/** @param {number[]} values */
const sumOf = (values) => values.reduce((sum, value) => sum + value, 0);

/** @param {Chart} chart @param {string} label */
function draw(chart, label) {
  const { accepted, refused, failed } = chart;
  const most = Math.max(1, ...accepted);
  const worst = Math.max(1, ...accepted.map((_, index) => (refused[index] ?? 0) + (failed[index] ?? 0)));
  const width = accepted.length * STEP;
  const svg = make('svg', { viewBox: `0 0 ${width} ${UP + DOWN}`, preserveAspectRatio: 'none', role: 'img' });
  svg.setAttribute('aria-label', label);
  svg.append(make('line', { x1: 0, x2: width, y1: UP, y2: UP, class: 'zero' }));
  for (const [index, count] of accepted.entries()) {
    const [bad = 0, worse = 0] = [refused[index], failed[index]];
    const up = height(count, most, UP - 1);
    const down = height(bad, worst, DOWN - 1);
    svg.append(
      bar('accepted', index, { y: UP - up, height: up }),
      bar('refused', index, { y: UP + 0.5, height: down }),
      bar('failed', index, { y: UP + 0.5 + down, height: height(worse, worst, DOWN - 1) }),
      target(chart, index),
    );
  }
  return svg;
}

/** A single one is seen, too. @param {number} value @param {number} most @param {number} room */
const height = (value, most, room) => (value === 0 ? 0 : Math.max(2, (value / most) * room));

/** @param {string} name @param {Record<string, string | number>} attributes */
function make(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

/** @param {string} name @param {number} index @param {{ y: number, height: number }} size */
const bar = (name, index, size) =>
  make('rect', { class: name, x: index * STEP + 1, width: STEP - 2, ...size });

/** The whole height of a period: says what it holds, and chooses it. @param {Chart} chart @param {number} index */
function target({ from, period, accepted, refused, failed }, index) {
  const area = make('rect', { class: 'target', x: index * STEP, y: 0, width: STEP, height: UP + DOWN });
  const at = from + index * period;
  const title = make('title', {});
  title.textContent = `${clock(at)}: accepted ${accepted[index]}, refused ${refused[index]}, failed ${failed[index]}`;
  area.append(title);
  area.addEventListener('click', () =>
    go({ since: new Date(at).toISOString(), until: new Date(at + period).toISOString(), page: '1' }),
  );
  return area;
}
