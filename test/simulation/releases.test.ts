import { expect, it } from 'vitest';
import { runSchedule } from './schedule.ts';

it('events of two releases survive a rolling deployment, a rollback and another deployment', async () => {
  const broken: string[] = [];
  for (let seed = 1; seed <= 300; seed += 1) {
    const result = await runSchedule(seed, { releases: true });
    if (!result.ok) broken.push(`seed ${seed}: ${result.error.message}`);
  }

  expect(broken).toEqual([]);
});
