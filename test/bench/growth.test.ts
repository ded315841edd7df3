import fc from 'fast-check';
import { expect, it } from 'vitest';
import { flowOf } from '../../bench/growth/flow.ts';
import { limitsOf, type Situation } from '../../bench/growth/limits.ts';
import { svgOf } from '../../bench/growth/plot.ts';
import { PACE } from '../../bench/growth/scenarios.ts';

const WRITE_UNITS = 10;
const usual: Situation = {
  throttle: 100,
  processors: 2,
  accountConcurrency: 1000,
  cyberdesk: Number.POSITIVE_INFINITY,
  bodyKb: 4,
  followUps: 1,
};
const flow = (situation: Partial<Situation>, perSecond: number, seconds = 600) =>
  flowOf({ ...usual, ...situation }, PACE, { perSecond, seconds }, WRITE_UNITS);

it('what is not held back waits for nothing', () => {
  expect(flow({}, 10)).toMatchObject({ accepted: 6000, refused: 0, drained: 600, oldest: 0, met: [] });
});

it('a burst above what the processors do waits, and more processors end the wait', () => {
  const few = flow({}, 100);

  // Two processors with five events each in 0.7 s.
  expect(few.drained).toBeCloseTo(60_000 / (10 / 0.7));
  expect(few.oldest).toBeCloseTo(few.drained - 600);
  expect(few.met.map(({ name }) => name)).toEqual(['processors']);
  expect(flow({ processors: 20 }, 100).met).toEqual([]);
});

it('a slow Cyberdesk holds back what the processors would do', () => {
  const slow = flow({ processors: 20, cyberdesk: 30 }, 100);

  expect(slow.met.map(({ movedBy }) => movedBy)).toEqual(['an agreement with Cyberdesk']);
  expect(slow.drained).toBeCloseTo(60_000 / 30);
});

it('what the door holds back is sent again later, and does not wait in the queue', () => {
  expect(flow({ processors: 1000, accountConcurrency: 2000 }, 300)).toMatchObject({
    accepted: 60_000,
    refused: 120_000,
    oldest: 0,
  });
});

it('processors that take all of the concurrency of the account leave the door none', () => {
  const { met, accepted } = flow({ processors: 1000 }, 10);

  expect(accepted).toBe(0);
  expect(met[0]?.name).toBe('Lambda concurrency');
});

it('no more is accepted than arrives, whatever waits is processed, and no setting makes it slower', () => {
  const situation = fc.record({
    throttle: fc.integer({ min: 1, max: 20_000 }),
    processors: fc.integer({ min: 2, max: 1000 }),
    accountConcurrency: fc.integer({ min: 1001, max: 10_000 }),
    cyberdesk: fc.integer({ min: 1, max: 10_000 }),
    bodyKb: fc.integer({ min: 1, max: 4096 }),
    followUps: fc.integer({ min: 0, max: 20 }),
  });
  fc.assert(
    fc.property(
      situation,
      fc.integer({ min: 1, max: 20_000 }),
      fc.integer({ min: 1, max: 9999 }),
      (of, rate, s) => {
        const { accepted, refused, drained, moments, concurrency } = flow(of, rate, s);

        expect(accepted + refused).toBeCloseTo(rate * s, 3);
        expect(drained).toBeGreaterThanOrEqual(s);
        expect(moments.at(-1)?.waiting).toBeLessThan(accepted * 1e-6 + 1e-6);
        expect(concurrency.processors).toBeLessThanOrEqual(of.processors * 1.000001);
        const more = flow({ ...of, processors: of.processors + 1, throttle: of.throttle }, rate, s);
        expect(more.drained).toBeLessThanOrEqual(drained * 1.000001);
      },
    ),
  );
});

it('limits come in the order in which a growing load meets them', () => {
  const rates = limitsOf(usual, PACE, WRITE_UNITS).map(({ perSecond }) => perSecond);

  expect(rates).toEqual(rates.toSorted((a, b) => a - b));
});

it('a plot names its axes and lines, and draws every point', () => {
  const svg = svgOf({
    title: 'a < b',
    x: 'minutes',
    y: 'events',
    lines: [
      {
        title: 'one',
        points: [
          [0, 0],
          [1, 2],
        ],
      },
    ],
  });

  expect(svg).toContain('a &#60; b');
  expect(svg).toMatch(/>minutes<[\s\S]*>events<[\s\S]*>one</);
  expect(svg.match(/points="([^"]+)"/)?.[1]?.split(' ')).toHaveLength(2);
});
