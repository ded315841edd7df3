import { beforeEach, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import { isCompletion } from '../../simulation/model/items.ts';
import {
  action,
  completion,
  createRunCalls,
  failCall,
  processEvent,
  setUp,
  world,
} from '../support/scenario.ts';
import { startNext } from '../support/webhooks.ts';

beforeEach(() => setUp(startNext));

/** The `nth` write of the completion reaches the table, and its response is lost. */
function loseResponseToWrite(nth: number): void {
  const { table } = world.worker;
  let writes = 0;
  world.worker.table = {
    ...table,
    put: async (item, expected) => {
      const outcome = await table.put(item, expected);
      if (isCompletion(item)) writes += 1;
      if (isCompletion(item) && writes === nth) throw new Error('no response');
      return outcome;
    },
  };
}

it('an error of AWS releases the completion and does not count as a crash', async () => {
  for (let tries = 0; tries < 6; tries += 1) {
    const { table } = world.worker;
    loseResponseToWrite(2);
    await expect(processEvent({}, 2)).rejects.toThrow('no response');
    world.worker.table = table;
    expect(completion()).toMatchObject({ crashes: 0 });
    expect(completion()).not.toHaveProperty('lease');
  }
});

it('a plan whose write was not answered is kept by the release after that error', async () => {
  loseResponseToWrite(2);

  await expect(processEvent({}, 2)).rejects.toThrow('no response');

  expect(completion()).toMatchObject({ planned: 0, depth: 0, actions: [{ rule: 'start-next' }] });
  expect(completion()).not.toHaveProperty('lease');
  expect(createRunCalls()).toHaveLength(0);
});

it('a delay whose write was not answered is kept by the release after that error', async () => {
  failCall('createRun', { status: 403 });
  loseResponseToWrite(2);

  await expect(processEvent()).rejects.toThrow('no response');

  expect(action()).toMatchObject({ tries: 1 });
  expect(action()).not.toHaveProperty('begun');
});

it('an attempt whose begin was not answered was not sent, and leaves no doubt', async () => {
  loseResponseToWrite(1);

  await expect(processEvent()).rejects.toThrow('no response');

  expect(action()).not.toHaveProperty('begun');
  expect(createRunCalls()).toHaveLength(0);
});

it('a completion is released after two lost responses, of which only the first was to a write that took effect', async () => {
  const { table } = world.worker;
  let writes = 0;
  world.worker.table = {
    ...table,
    put: async (item, expected) => {
      if (!isCompletion(item)) return table.put(item, expected);
      writes += 1;
      if (writes === 3) throw new Error('no response');
      const outcome = await table.put(item, expected);
      if (writes === 2) throw new Error('no response');
      return outcome;
    },
  };

  await expect(processEvent({}, 2)).rejects.toThrow('no response');

  expect(completion()).toMatchObject({ crashes: 0 });
  expect(completion()).not.toHaveProperty('lease');
});

it('an event does not count as crashed while the table makes each write and answers none in time', async () => {
  const { table } = world.worker;
  world.worker.table = {
    ...table,
    put: async (item, expected) => {
      await table.put(item, expected);
      throw new Error('no response in time');
    },
  };

  for (let receives = 1; receives < 8; receives += 1) {
    await expect(processEvent({}, receives)).rejects.toThrow('no response in time');
    world.later(20 * MINUTE);
    world.worker.deadline = world.system.time + 30 * SECOND;
  }
  world.worker.table = table;

  expect(await processEvent({}, 8)).toMatchObject({ outcome: 'processed' });
  expect(createRunCalls()).toHaveLength(1);
});

/** Reads are fast. Each write takes effect so long after it was sent; its client gives it up after 8 s. */
function slowWrites(takes: number): () => Promise<void> {
  const { table } = world.worker;
  const { system } = world;
  const onTheirWay: { at: number; arrive: () => Promise<unknown> }[] = [];
  const settle = async () => {
    while (onTheirWay[0] && onTheirWay[0].at <= system.time) await onTheirWay.shift()?.arrive();
  };
  world.worker.table = {
    get: async (key) => {
      await settle();
      return table.get(key);
    },
    put: async (item, expected) => {
      onTheirWay.push({ at: system.time + takes, arrive: () => table.put(item, expected) });
      system.time += 8 * SECOND;
      throw new Error('no response in time');
    },
  };
  return async () => {
    await settle();
    world.worker.table = table;
  };
}

it.each([
  ['20 s, alone in its invocation', 20 * SECOND, 0],
  ['10 s, after another message of its batch has taken 13 s', 10 * SECOND, 13 * SECOND],
])('a table whose writes take effect after %s causes no crash', async (_, takes, used) => {
  const restore = slowWrites(takes);
  for (let receives = 1; receives < 8; receives += 1) {
    world.system.time += used;
    await expect(processEvent({}, receives)).rejects.toThrow('no response in time');
    world.later(2 * MINUTE);
  }
  await restore();
  world.later(2 * MINUTE);

  expect(await processEvent({}, 8)).toMatchObject({ outcome: 'processed' });
  expect(createRunCalls()).toHaveLength(1);
});
