import { expect, it } from 'vitest';
import { PLANTS } from './plants/index.ts';
import { runSchedule } from './schedule.ts';

/** More schedules than any of them has ever needed. */
const PATIENCE = 4000;

it.each(Object.entries(PLANTS))(
  'the simulation catches an installation that %s',
  { timeout: 240_000 },
  async (_, { plant, rules, broken, calm = false }) => {
    let seed = 1;
    let found: string | undefined;
    for (; seed <= PATIENCE && found === undefined; seed += 1) {
      const result = await runSchedule(seed, { plant, rules, calm });
      if (!result.ok && broken.test(result.error.message)) found = result.error.message;
    }

    expect(found, `nothing in ${PATIENCE} schedules`).toBeDefined();
  },
);
