import { expect, it } from 'vitest';
import { nextFault } from '../../bench/under-load/disturbances.ts';
import { riseOfLastHalf } from '../../bench/under-load/slope.ts';

const points = (values: readonly number[]) => values.map((value, index) => ({ at: index * 1000, value }));

it('memory that is level in the last half does not rise, however it began', () => {
  expect(riseOfLastHalf(points([10, 40, 80, 100, 100, 100, 100]))).toBe(0);
  expect(riseOfLastHalf(points([]))).toBe(0);
});

it('memory that grows rises by the share that it gains in the last half', () => {
  expect(riseOfLastHalf(points([90, 90, 90, 95, 98, 101, 104, 107]))).toBeCloseTo(9 / 102.5);
});

it('noise around a level is no rise', () => {
  const noise = Array.from({ length: 200 }, (_, index) => 100 + (index % 2 === 0 ? 5 : -5));
  expect(Math.abs(riseOfLastHalf(points(noise)))).toBeLessThan(0.01);
});

it('disturbances are kills and failures of calls that come soon', () => {
  const faults = Array.from({ length: 400 }, (_, index) => nextFault(() => (index * 0.618) % 1));

  expect(new Set(faults.map((fault) => fault.do))).toContain('kill');
  expect(faults.every(({ nth = 1 }) => nth >= 1 && nth <= 20)).toBe(true);
});
