import { expect, it } from 'vitest';
import { runSchedule } from './schedule.ts';

/** A short run in one process; mutation tests use it too. */
it('the core keeps every promise in a few schedules', async () => {
  const broken: string[] = [];
  for (let seed = 1; seed <= 60; seed += 1) {
    const result = await runSchedule(seed);
    if (!result.ok) broken.push(`seed ${seed}: ${result.error.message}`);
  }
  expect(broken).toEqual([]);
});
