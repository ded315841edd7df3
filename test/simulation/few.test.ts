import { expect, it } from 'vitest';
import { runSchedule } from './schedule.ts';

/** A short run in one process; mutation tests use it too. */
it('the core keeps every promise in a few schedules', async () => {
  // Up to the first failure: a mutant that breaks one schedule breaks most.
  for (let seed = 1; seed <= 60; seed += 1) {
    const result = await runSchedule(seed);
    expect(result.ok ? undefined : `seed ${seed}: ${result.error.message}`).toBeUndefined();
  }
});
