import { expect, it } from 'vitest';
import { PLANTS } from './plants/index.ts';
import { runSchedule } from './schedule.ts';

/** More schedules than any of them has ever needed. */
const PATIENCE = 8000;

it.each(Object.entries(PLANTS))(
  'the simulation catches an installation that %s',
  async (_, { plant, rules, broken, calm = false, others = false, restores = false }) => {
    let seed = 1;
    let found: string | undefined;
    for (; seed <= PATIENCE && found === undefined; seed += 1) {
      const result = await runSchedule(seed, { plant, rules, calm, others, restores });
      if (!result.ok && broken.test(result.error.message)) found = result.error.message;
    }

    expect(found, `nothing in ${PATIENCE} schedules`).toBeDefined();
  },
);

/** Of a mistake that shows only in a world of its own, the world must be fair: who makes no mistake survives in it. */
const FAIR = Object.entries(PLANTS).filter(([, { isFair }]) => isFair);

it.each(FAIR)(
  'the simulation is fair to an installation that does not do what another does, which %s',
  async (_, { plant, rules }) => {
    const { assumed = {}, outage } = plant;
    const broken: string[] = [];
    for (let seed = 1; seed <= 600; seed += 1) {
      const world = { assumed, ...(outage && { outage }) };
      const result = await runSchedule(seed, { plant: world, rules, calm: false });
      if (!result.ok) broken.push(`seed ${seed}: ${result.error.message}`);
    }

    expect(broken).toEqual([]);
  },
);
