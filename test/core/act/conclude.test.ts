import { beforeEach, expect, it } from 'vitest';
import { HOUR, SECOND } from '../../../lambda/core/model/time.ts';
import { action, event, failCall, processEvent, setUp, world } from '../support/scenario.ts';
import { START } from '../support/system.ts';
import { startNext } from '../support/webhooks.ts';

beforeEach(() => setUp(startNext));

it.each([400, 404, 422])('an action whose call is refused with %i fails', async (status) => {
  failCall('createRun', { status });

  expect(await processEvent()).toMatchObject({ outcome: 'failed' });
  expect(action().failure).toEqual({ reason: 'refused', status });
});

it('an action whose call meets a conflict has an unknown outcome', async () => {
  failCall('createRun', { status: 409 });

  await processEvent();

  expect(event()).toMatchObject({ state: 'failed', reason: 'outcome_unknown' });
  expect(world.counted).toContain('OutcomeUnknown');
  expect(action()).toHaveProperty('body');
});

it.each([
  [401, 'ApiKeyRejected'],
  [403, 'ApiKeyRejected'],
  [503, undefined],
  [408, undefined],
])('a call that is answered with %i is retried', async (status, metric) => {
  failCall('createRun', { status });

  expect(await processEvent()).toEqual({ kind: 'wait', until: START + 5 * SECOND });
  expect(action()).toMatchObject({ tries: 1, delayed: 5 * SECOND });
  expect(action()).not.toHaveProperty('begun');
  expect(world.counted).toEqual(metric ? [metric] : []);
});

it('a call without an API key waits for it to be set', async () => {
  failCall('createRun', { keyNotSet: true });

  await processEvent();

  expect(world.counted).toEqual(['ApiKeyNotSet']);
});

it('an action is exhausted when its delays add up to a day', async () => {
  failCall('createRun', { status: 503 });
  let verdict = await processEvent();
  for (let tries = 1; verdict.kind === 'wait' && tries < 100; tries += 1) {
    world.later(verdict.until - world.system.time);
    verdict = await processEvent();
  }

  expect(event()).toMatchObject({ state: 'failed', reason: 'exhausted' });
  expect(world.system.time - START).toBeGreaterThan(24 * HOUR);
});

it('a refused action is not counted as having an unknown outcome', async () => {
  failCall('createRun', { status: 422 });

  await processEvent();

  expect(world.counted).not.toContain('OutcomeUnknown');
  expect(action()).not.toHaveProperty('pins');
});
