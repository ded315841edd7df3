import { expect, it } from 'vitest';
import { measureUnderLoad } from '../../bench/under-load/measure.ts';
import { TEST_APP } from '../support/test-app.ts';

// A lease has to expire for what a killed processor had in hand.
const LONG = 600_000;

it(
  'while processes are killed and calls fail, no accepted event is lost and no follow-up is doubled',
  async () => {
    const load = { app: TEST_APP, duration: 10_000, rate: 8, hasFaults: true, say: () => {} };
    const { accepted, refused, lost, doubled, faults, kills } = await measureUnderLoad(load);

    expect({ refused, lost, doubled }).toEqual({ refused: 0, lost: 0, doubled: 0 });
    expect(accepted).toBeGreaterThanOrEqual(79);
    expect(Math.min(faults, kills)).toBeGreaterThan(0);
  },
  LONG,
);
