import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import { hideFor } from '../../../lambda/core/process/deferral.ts';
import { VISIBILITY_TIMEOUT } from '../../../lib/timing.ts';

/** How often a message is received until it expires, if every time it waits for `wanted`. */
function receivesInSevenDays(wanted: number | undefined): number {
  let receives = 0;
  for (let time = 0; time < 7 * DAY; time += hideFor(wanted, receives)) receives += 1;
  return receives;
}

it('a bundle that does not load for six days sends nothing to the dead-letter queue, whatever a message went through before', () => {
  const SIX_DAYS = 6 * DAY;
  const visibility = VISIBILITY_TIMEOUT.toMilliseconds();
  for (let before = 0; before <= 893; before += 1) {
    // As fast as a message may have come to that number; then SQS alone hides it.
    let waited = 0;
    for (let receives = 0; receives < before; receives += 1) waited += hideFor(0, receives);
    const left = Math.min(SIX_DAYS, 7 * DAY - waited);
    expect(before + Math.ceil(left / visibility), `${before} receives`).toBeLessThanOrEqual(900);
  }
});

describe('hideFor', () => {
  it('a message waits as long as it must', () => {
    expect(hideFor(3 * SECOND, 1)).toBe(3 * SECOND);
    expect(hideFor(0, 300)).toBe(0);
    expect(hideFor(2 * HOUR, 400)).toBe(2 * HOUR);
  });

  it('the wait after an error doubles with every fifth receive, from a minute to 15 minutes', () => {
    expect(hideFor(undefined, 0)).toBe(MINUTE);
    expect(hideFor(undefined, 5)).toBe(2 * MINUTE);
    expect(hideFor(undefined, 10)).toBe(4 * MINUTE);
    expect(hideFor(undefined, 20)).toBe(15 * MINUTE);
    expect(hideFor(undefined, 300)).toBe(15 * MINUTE);
    expect(hideFor(undefined, 301)).toBe(17 * MINUTE);
  });

  it.each([undefined, SECOND, 5 * MINUTE])(
    'a message that never succeeds (waiting %s) is received at most 900 times before it expires',
    (wanted) => {
      expect(receivesInSevenDays(wanted)).toBeLessThanOrEqual(900);
    },
  );
});
