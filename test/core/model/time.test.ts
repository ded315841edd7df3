import { expect, it } from 'vitest';
import { retryDelay, ttlAfter } from '../../../lambda/core/model/time.ts';

it('the delay between tries doubles from 5 seconds to an hour', () => {
  expect([0, 1, 2, 9, 10, 11, 1000].map(retryDelay)).toEqual([
    5_000, 10_000, 20_000, 2_560_000, 3_600_000, 3_600_000, 3_600_000,
  ]);
});

it('an expiry is given in whole epoch seconds', () => {
  expect(ttlAfter(1_000_999, 2000)).toBe(1002);
  expect(ttlAfter(1_001_000, 2000)).toBe(1003);
});
