import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../lambda/core/model/time.ts';
import { synth } from '../lib/support/synth.ts';
import { type Day, liveThrough, type Trial } from './alarms/a-day.ts';
import { type Ring, watch } from './alarms/watch.ts';
import { refusal } from './model/front.ts';

/**
 * Whom the alarms notify, and how often: the functions run in simulated time, and the alarms of the synthesized template
 * read what they measure.
 */

const template = synth();
/** Of a stage to try things on, whose alarms read one metric each. */
const basic = synth({ protectData: false });

/** Whom an alarm has notified. */
type Notice = [whom: string, alarm: string];

const trials: [string, Trial, Notice[]][] = [
  [
    'a day on which Cyberdesk answers 503 pages once',
    {
      lasts: 24 * HOUR,
      begin({ api }, until) {
        api.front.maintenance = { until, reply: refusal(503) };
      },
    },
    [['page', 'CyberdeskUnavailable']],
  ],
  [
    'hours in which Cyberdesk throttles every call page once',
    {
      lasts: 6 * HOUR,
      begin({ api }, until) {
        api.front.throttledUntil = until;
      },
    },
    [['page', 'CyberdeskUnavailable']],
  ],
  [
    'hours in which Cyberdesk refuses the key page once',
    {
      lasts: 6 * HOUR,
      begin({ api }) {
        api.front.apiKey = 'another';
      },
      end({ api }) {
        api.front.apiKey = 'key-1';
      },
    },
    [['page', 'ApiKeyRejected']],
  ],
  ...[5 * MINUTE, MINUTE].map((every): [string, Trial, Notice[]] => [
    `hours in which Cyberdesk answers reads only page once, with a run every ${every / MINUTE} min`,
    {
      lasts: 144 * every,
      every,
      begin({ api }, until) {
        api.front.refusedWrites = { until, status: 503 };
      },
    },
    [['page', 'CyberdeskUnavailable']],
  ]),
  [
    'hours in which one start is always answered 503 page because it is late, and not for Cyberdesk',
    {
      lasts: 6 * HOUR,
      begin({ api }, until) {
        const first = new Set<string>();
        const meets = (key: string) => (first.size === 0 ? first.add(key) : first).has(key);
        api.front.refusedWrites = { until, status: 503, meets };
      },
    },
    [['page', 'EventsLate']],
  ],
  [
    'hours in which the processor does not load page once, although it measures nothing',
    {
      lasts: 6 * HOUR,
      begin(world, until) {
        world.brokenUntil = until;
      },
    },
    [
      ['ticket', 'FunctionErrors'],
      ['page', 'EventsLate'],
    ],
  ],
  [
    'hours in which every follow-up is refused page once',
    {
      lasts: 6 * HOUR,
      fails: true,
      begin({ api }) {
        api.refused.add('next');
      },
      end({ api }) {
        api.refused.delete('next');
      },
    },
    [
      ['ticket', 'FailedFollowUps'],
      ['ticket', 'DeadLetters'],
      ['page', 'EventsLate'],
    ],
  ],
  ['hours without a problem notify no one', { lasts: HOUR, begin() {} }, []],
];

describe('alarms in simulated time', () => {
  it.each(trials)('%s', async (name, trial, expected) => {
    const day = await liveThrough(trial);

    const rings = ringsOf(day, true);

    console.log(`${name}:\n${tableOf(day, rings)}`);
    expect(noticesOf(rings)).toEqual(expected);
    // AWS does not say whether FILL also fills a metric without any data in the period.
    expect(noticesOf(ringsOf(day, false))).toEqual(expected);
    expect([...day.events.keys()]).toEqual(trial.fails ? ['processed', 'failed'] : ['processed']);
  });
});

/** How a deployment is broken, and whether the sweeper still knows the age of the oldest event. */
const BROKEN: [string, boolean, Trial['begin']][] = [
  [
    'does not load',
    true,
    (world, until) => {
      world.brokenUntil = until;
    },
  ],
  [
    'may not use DynamoDB',
    false,
    ({ outages, scheduler }, to) =>
      outages.add({ service: 'table', from: scheduler.now, to, how: 'before', share: 1 }),
  ],
];

it.each(BROKEN)(
  'six days of a deployment that %s lose nothing, leave no dead letter, and ring within a quarter of an hour',
  async (_, isAgeKnown, begin) => {
    const day = await liveThrough({ lasts: 6 * DAY, every: HOUR, begin });

    const { measurements, start, from, end } = day;
    for (const monitored of [template, basic]) {
      const rings = ringsOf(day, true, monitored);
      const [first] = rings.filter(({ notified }) => notified);
      console.log(tableOf(day, rings.slice(0, 8)));
      expect(((first?.at ?? end) - from) / MINUTE).toBeLessThanOrEqual(15);
      // Not anew each time that a message is tried.
      const ofErrors = rings.filter(({ notified, alarm }) => notified && alarm === 'FunctionErrors');
      expect(ofErrors.length).toBeLessThanOrEqual(1);
    }
    const deadLetters = 'ApproximateNumberOfMessagesVisible DeadLetter';
    expect(measurements.statistic(deadLetters, 'Maximum', end, end - start)).toBe(0);
    expect([...day.events.keys()]).toEqual(['processed']);
    const ages = Array.from({ length: 6 * 24 - 1 }, (_, hour) =>
      measurements.statistic('OldestUnfinishedEventAge', 'Maximum', from + (hour + 2) * HOUR, HOUR),
    );
    expect(ages.every((age) => (age !== undefined) === isAgeKnown)).toBe(true);
  },
);

const ringsOf = ({ measurements, start, end }: Day, fills: boolean, monitored = template): Ring[] =>
  watch(monitored, measurements, { start, end, fills });

const noticesOf = (rings: readonly Ring[]): Notice[] =>
  rings.flatMap(({ notified: whom, alarm }): Notice[] => (whom ? [[whom, alarm]] : []));

/** When each alarm rang, in hours since it began. */
const tableOf = ({ from }: Day, rings: readonly Ring[]): string =>
  rings
    .map(({ at, notified: whom = '', alarm }) => {
      const hours = ((at - from) / HOUR).toFixed(2);
      return `${hours.padStart(7)} h  ${whom.padEnd(6)}  ${alarm}`;
    })
    .join('\n');
