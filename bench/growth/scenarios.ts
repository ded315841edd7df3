import type { Arrival } from './flow.ts';
import type { Pace, Situation } from './limits.ts';

/** As `cost` assumes it (`ops/cost/prices.ts`), with what `npm run bench` shows of larger bodies. */
export const PACE: Pace = { verifier: 0.03, perKb: 0.00004, processor: 0.06, call: 0.4, batch: 5 };

/** The settings of a stage that names none, in an account whose quotas no one has raised. */
const DEFAULT: Situation = {
  throttle: 100,
  processors: 2,
  accountConcurrency: 1000,
  cyberdesk: Number.POSITIVE_INFINITY,
  bodyKb: 4,
  followUps: 1,
};

export interface Scenario {
  readonly title: string;
  readonly situation: Situation;
  readonly arrival: Arrival;
}

const HOUR = 3600;

export const SCENARIOS: readonly Scenario[] = [
  {
    title: '10 a second, for an hour',
    situation: DEFAULT,
    arrival: { perSecond: 10, seconds: HOUR },
  },
  {
    title: '100 a second, for ten minutes',
    situation: DEFAULT,
    arrival: { perSecond: 100, seconds: HOUR / 6 },
  },
  {
    title: 'the same, 20 processors',
    situation: { ...DEFAULT, processors: 20 },
    arrival: { perSecond: 100, seconds: HOUR / 6 },
  },
  {
    title: 'the same, and Cyberdesk takes 30',
    situation: { ...DEFAULT, processors: 20, cyberdesk: 30 },
    arrival: { perSecond: 100, seconds: HOUR / 6 },
  },
  {
    title: '10,000 a second, for an hour',
    situation: DEFAULT,
    arrival: { perSecond: 10_000, seconds: HOUR },
  },
  {
    title: 'the same, with every setting and quota raised',
    situation: { ...DEFAULT, throttle: 10_000, processors: 1000, accountConcurrency: 5000 },
    arrival: { perSecond: 10_000, seconds: HOUR },
  },
];

/** Events that wait, as after a long outage of Cyberdesk. */
export const BACKLOG = 100_000_000;
export const BACKLOG_PROCESSORS = [2, 20, 200, 1000];
export const BACKLOG_SITUATION = DEFAULT;
