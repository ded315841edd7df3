import { expect, it } from 'vitest';
import type { CallLimit } from '../../../lambda/core/model/index.ts';
import { HOUR, MINUTE, RECORDING_TIME, SECOND } from '../../../lambda/core/model/time.ts';
import { callFailure } from '../support/cyberdesk.ts';
import { completion, createRunCalls, deadLetters, processEvent, setUp, world } from '../support/scenario.ts';
import { startNext } from '../support/webhooks.ts';

it('calls that hang, while the pause cannot be written, are recorded in time and count as no crash', async () => {
  await setUp(startNext);
  const { system } = world;
  const { table } = world.worker;
  let end = 0;
  const isOver = () => system.time >= end;
  world.worker.table = {
    get: async (key) => (isOver() ? Promise.reject(new Error('aborted')) : table.get(key)),
    put: async (item, expected) => {
      if (item.pk === 'control#pause') system.time = Math.min(end, system.time + 8 * SECOND);
      if (isOver()) throw new Error('aborted');
      if (item.pk === 'control#pause') throw new Error('no response in time');
      return table.put(item, expected);
    },
  };
  const hang = ({ until }: CallLimit) => {
    system.time = Math.max(system.time, until);
    return callFailure({ mayHaveTakenEffect: true, isJson: false });
  };
  world.cyberdesk.answers = {
    createRun: (_body, _key, limit) => hang(limit),
    findRuns: (_query, limit) => hang(limit),
    ping: hang,
  };

  for (let receives = 1; receives < 20; receives += 1) {
    // All calls to AWS end two seconds before the function does.
    end = world.worker.deadline + RECORDING_TIME - 2 * SECOND;
    await processEvent({}, receives);
    expect(completion()).toMatchObject({ crashes: 0 });
    expect(completion()).not.toHaveProperty('lease');
    world.later(HOUR / 2 + MINUTE);
  }

  expect(deadLetters()).toEqual([]);
  expect(createRunCalls().length).toBeGreaterThan(0);
});
