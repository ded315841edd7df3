import { describe, expect, it } from 'vitest';
import { PLANTS } from './plants.ts';
import { runSchedule } from './schedule.ts';

/** More than any of them has ever needed. */
const PATIENCE = 4000;

describe('the simulation catches an installation that', () => {
  it.each(Object.entries(PLANTS))('%s', { timeout: 240_000 }, async (_, { plant, rules, broken }) => {
    let seed = 1;
    let found: string | undefined;
    for (; seed <= PATIENCE && found === undefined; seed += 1) {
      const result = await runSchedule(seed, { plant, rules, neverCalm: true });
      if (!result.ok && broken.test(result.error.message)) found = result.error.message;
    }
    expect(found, `nothing in ${PATIENCE} schedules`).toBeDefined();
  });
});
