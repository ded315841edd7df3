import { expect, it } from 'vitest';
import { DAY, HOUR, SECOND } from '../../lambda/core/model/time.ts';
import { runSchedule } from './schedule.ts';
import type { Plant } from './world-parts.ts';

const SCHEDULES = 300;
/** Started by keys that say nothing about a run, and by ones that do. */
const RULES = ['start', 'several', 'correlated', 'retry'];

/** Promises that are broken by an installation with this plant, in some schedules with many faults, or with outages alone. */
async function broken(plant: Plant, calm = false): Promise<string[]> {
  const messages: string[] = [];
  for (let seed = 1; seed <= SCHEDULES; seed += 1) {
    const result = await runSchedule(seed, { plant, rules: RULES, calm });
    if (!result.ok) messages.push(`${seed}: ${result.error.message}`);
  }
  return messages;
}

const IGNORED = { keyLife: 0 };

it('an API that ignores idempotency keys starts nothing twice where calls are not repeated', async () => {
  expect(await broken({ assumed: IGNORED, settings: { repeatUnanswered: false } })).toEqual([]);
});

it('an API that ignores idempotency keys starts something twice where calls are repeated', async () => {
  expect((await broken({ assumed: IGNORED })).join()).toMatch(/took effect \d times/);
});

it('a list that is ten minutes late starts nothing twice where keys are known for longer', async () => {
  const late = { keyLife: 24 * HOUR, listedWithin: 600 * SECOND };
  expect(await broken({ assumed: late, settings: { idempotencyKeyLifetime: 24 * HOUR } })).toEqual([]);
});

it('no run of others leaves anything to a person where keys are known for longer than any outage', async () => {
  const known = { assumed: { keyLife: 7 * DAY }, settings: { idempotencyKeyLifetime: 7 * DAY } };
  expect(await broken({ ...known, strangers: 'of every kind' }, true)).toEqual([]);
});
