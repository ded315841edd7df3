import { beforeEach, expect, it } from 'vitest';
import { PAUSE_KEY } from '../../../lambda/core/model/index.ts';
import { HOUR, SECOND } from '../../../lambda/core/model/time.ts';
import { pauseItem } from '../support/items.ts';
import { action, beforePut, event, failCall, processEvent, setUp, world } from '../support/scenario.ts';
import { START } from '../support/system.ts';
import { startNext } from '../support/webhooks.ts';

beforeEach(() => setUp(startNext));

it.each([400, 404, 422])('an action whose call is refused with %i fails', async (status) => {
  failCall('createRun', { status });

  expect(await processEvent()).toMatchObject({ outcome: 'failed' });
  expect(action().failure).toStrictEqual({ reason: 'refused', status });
});

it('an action whose call meets a conflict has an unknown outcome if the complete list shows no run', async () => {
  failCall('createRun', { status: 409 });

  expect(await processEvent()).toEqual({ kind: 'wait', until: START + 115 * SECOND, because: 'in_doubt' });
  world.later(115 * SECOND);
  await processEvent();

  expect(event()).toMatchObject({ state: 'failed', reason: 'outcome_unknown' });
  expect(world.counted).toContain('OutcomeUnknown');
  expect(action()).toMatchObject({ failure: { reason: 'outcome_unknown', status: 409 }, begun: {} });
  expect(action()).toHaveProperty('body');
  expect(action()).not.toHaveProperty('pending');
});

it.each([401, 403])('a call that alone is answered with %i is retried and charged', async (status) => {
  failCall('createRun', { status });

  expect(await processEvent()).toEqual({ kind: 'wait', until: START + 5 * SECOND, because: 'retry' });
  expect(action()).toMatchObject({ tries: 1, delayed: 5 * SECOND });
  expect(action()).not.toHaveProperty('begun');
  expect(world.counted).toEqual([]);
});

it.each([401, 403])('a key that every call refuses with %i pauses the calls, uncharged', async (status) => {
  failCall('createRun', { status });
  failCall('ping', { status });

  expect(await processEvent()).toEqual({ kind: 'wait', until: START + 30 * SECOND, because: 'paused' });
  expect(action()).toMatchObject({ tries: 0, delayed: 0 });
  expect(action()).not.toHaveProperty('begun');
  expect(world.counted).toEqual(['CyberdeskPaused', 'ApiKeyRejected']);
});

it.each([
  ['a throttled call', { status: 429 }, 30],
  ['a call that is throttled for longer', { status: 429, retryAfterMs: 120 * SECOND }, 120],
  ['a call that is throttled for days', { status: 429, retryAfterMs: 48 * HOUR }, 900],
  ['a call without an API key', { keyNotSet: true }, 30],
])('%s waits, uncharged, where the pause cannot be written', async (_, failure, seconds) => {
  failCall('createRun', failure);
  beforePut(({ pk }) => {
    if (pk === PAUSE_KEY.pk) throw new Error('denied');
  });
  world.later(0);

  expect(await processEvent()).toEqual({ kind: 'wait', until: START + seconds * SECOND, because: 'retry' });
  expect(action()).toMatchObject({ tries: 0, delayed: 0 });
});

it.each([408, 503])('a call that is answered with %i is retried under doubt', async (status) => {
  failCall('createRun', { status });

  expect(await processEvent()).toEqual({ kind: 'wait', until: START + 5 * SECOND, because: 'retry' });
  expect(action()).toMatchObject({ tries: 1, delayed: 5 * SECOND, begun: { first: START, last: START } });
  expect(world.counted).toEqual([]);
});

it.each([
  [{ status: 503 }, { kind: 'answered', status: 503 }],
  [{}, { kind: 'no_response' }],
  [{ incomplete: true }, { kind: 'incomplete_list' }],
  [{ unclear: true }, { kind: 'unclear_run' }],
  [{ status: 200 }, { kind: 'unreadable', status: 200 }],
  [{ status: 299 }, { kind: 'unreadable', status: 299 }],
  [{ status: 300 }, { kind: 'answered', status: 300 }],
  [{ status: 999 }, { kind: 'answered', status: 999 }],
  [{ notAsked: true }, { kind: 'not_asked' }],
  [{ keyNotSet: true }, { kind: 'key_not_set' }],
])('an action whose call failed with %o keeps why, for people', async (failure, kept) => {
  failCall('createRun', failure);
  await processEvent();

  expect(action().last_failure).toEqual({ ...kept, at: START });
});

it('an action whose call is refused names the field that the API named', async () => {
  failCall('createRun', { status: 422, field: 'input_values.total' });
  await processEvent();

  expect(action().failure).toEqual({ reason: 'refused', status: 422, field: 'input_values.total' });
});

it('a call without an API key waits for it to be set', async () => {
  failCall('createRun', { keyNotSet: true });

  await processEvent();

  expect(action()).toMatchObject({ tries: 0 });
  expect(world.counted).toEqual(['CyberdeskPaused', 'ApiKeyNotSet']);
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

it('a refusal is an answer of the API, so it ends the pauses in a row', async () => {
  failCall('createRun', { status: 422 });
  world.model.force(pauseItem({ until: START - SECOND, streak: 2 }));

  await processEvent();

  expect(world.model.pause()).toMatchObject({ until: 0, streak: 0 });
});
