import { beforeEach, expect, it } from 'vitest';
import { SECOND } from '../../../lambda/core/model/time.ts';
import { isCompletion } from '../../simulation/model/items.ts';
import {
  action,
  beforeGet,
  beforePut,
  createRunCalls,
  processEvent,
  setUp,
  world,
} from '../support/scenario.ts';
import { START } from '../support/system.ts';
import { startNext } from '../support/webhooks.ts';

/** Ends before the invocation does. */
const LEASE = 15 * SECOND;

beforeEach(async () => {
  await setUp(startNext);
  world.worker.settings = { ...world.worker.settings, lease: LEASE };
});

/** Makes the write that records an attempt take this long. */
function slowDownBegin(duration: number): void {
  beforePut((item) => {
    if (isCompletion(item) && item.actions?.[0]?.begun) world.system.time += duration;
  });
}

it('a call is sent if the lease outlives it, and ends with the lease at the latest', async () => {
  slowDownBegin(5 * SECOND);

  await processEvent();

  expect(createRunCalls()[0]?.limit).toEqual({ until: START + LEASE });
});

it('a call is not sent if the lease no longer outlives it, and leaves no doubt', async () => {
  slowDownBegin(5 * SECOND + 1);

  expect(await processEvent()).toMatchObject({ kind: 'wait' });
  expect(world.cyberdesk.calls).toEqual([]);
  expect(action()).toMatchObject({ tries: 1 });
  expect(action()).not.toHaveProperty('begun');
});

it('a call is not begun if the lease does not outlive it', async () => {
  beforeGet(({ sk }) => {
    if (sk === 'lineage') world.system.time += 5 * SECOND + 1;
  });

  expect(await processEvent()).toEqual({ kind: 'wait', until: START + 6 * SECOND + 1, because: 'no_time' });
  expect(world.cyberdesk.calls).toEqual([]);
  expect(action().tries).toBe(0);
});
