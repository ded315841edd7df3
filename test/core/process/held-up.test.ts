import { beforeEach, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import { notify, publish, startRun } from '../../../lambda/rules/index.ts';
import { pauseItem } from '../support/items.ts';
import { action, completion, event, failCall, processEvent, setUp, world } from '../support/scenario.ts';
import { START } from '../support/system.ts';
import { startNext } from '../support/webhooks.ts';

beforeEach(() => setUp(startNext));

const PAUSED_UNTIL = START + 4 * MINUTE;

/** Calls are paused, and what waits may be taken up now. */
function pauseCalls(): void {
  const { not_before: _wait, ...free } = completion();
  world.model.force(free);
  world.model.force(pauseItem({ until: PAUSED_UNTIL, streak: 1 }));
  world.later(MINUTE);
}

/** The completion's crashes are as many as it may have, once the next worker finds an expired lease. */
const crashFourTimes = () =>
  world.model.force({ ...completion(), crashes: 4, lease: { token: 'dead', until: world.system.time } });

it('a call that is open in a pause waits without a write', async () => {
  failCall('createRun', { status: 503 });
  await processEvent();
  pauseCalls();
  const before = completion();

  expect(await processEvent({}, 2)).toEqual({ kind: 'wait', until: PAUSED_UNTIL, because: 'paused' });
  expect(completion()).toEqual(before);
});

it('a call in a pause waits without a write although the announcements beside it are made', async () => {
  await setUp({ name: 'r', actions: () => [publish(), startRun({ workflow_id: 'w' }), notify()] });
  failCall('createRun', { status: 503 });
  await processEvent();
  expect(world.announced).toHaveLength(2);
  pauseCalls();
  const before = completion();

  expect(await processEvent({}, 2)).toEqual({ kind: 'wait', until: PAUSED_UNTIL, because: 'paused' });
  expect(completion()).toEqual(before);
});

it('a pause does not hold up the end of an event that has crashed too often, although a call is open', async () => {
  failCall('createRun', { status: 503 });
  await processEvent();
  crashFourTimes();
  pauseCalls();

  expect(await processEvent({}, 2)).toMatchObject({ outcome: 'failed' });
  expect(event()).toMatchObject({ state: 'failed', reason: 'crashed' });
  expect(action()).not.toHaveProperty('result');
});

it('a redrive in a pause begins its round, although the call of the round before is open', async () => {
  failCall('createRun', { status: 503 });
  await processEvent();
  crashFourTimes();
  world.later(10 * SECOND);
  await processEvent({}, 2);
  expect(completion()).toMatchObject({ failure: { reason: 'crashed' }, round: 0 });
  pauseCalls();

  expect(await processEvent({ reopen: 1 })).toMatchObject({ kind: 'wait' });
  expect(completion()).toMatchObject({ round: 1, planned: 1 });
  expect(completion()).not.toHaveProperty('failure');
});
