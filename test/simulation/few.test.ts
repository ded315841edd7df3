import { expect, it } from 'vitest';
import { runSchedule } from './schedule.ts';

/** A first look, in one process and a moment; mutation tests use it too. */
it('holds every promise in some schedules', async () => {
  const broken: string[] = [];
  for (let seed = 1; seed <= 60; seed += 1) {
    const result = await runSchedule(seed);
    if (!result.ok) broken.push(`seed ${seed}: ${result.error.message}`);
  }
  expect(broken).toEqual([]);
});
