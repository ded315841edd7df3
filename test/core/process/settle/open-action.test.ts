import { beforeEach, expect, it } from 'vitest';
import { MINUTE } from '../../../../lambda/core/model/time.ts';
import { startRun } from '../../../../lambda/rules/index.ts';
import { action, completion, crashIn, event, processEvent, setUp, world } from '../../support/scenario.ts';
import { startNext } from '../../support/webhooks.ts';
import { decide, processToTheEnd, recover, reopenings } from './support.ts';

/** The event fails as crashed: its first action has begun, its second one was never come to, and neither has a result. */
beforeEach(async () => {
  await setUp(startNext, { name: 'b', actions: () => startRun({ workflow_id: 'b' }) });
  crashIn('createRun');
  crashIn('findRuns');
  for (let crash = 1; crash <= 5; crash += 1) {
    await expect(processEvent()).rejects.toThrow();
    world.later(5 * MINUTE);
  }
  await processEvent();
  expect(event()).toMatchObject({ state: 'failed', reason: 'crashed' });
  recover();
});

it.each([
  ['begun', { kind: 'start_again' }, 0],
  ['begun', { kind: 'run', runId: 'theirs' }, 0],
  ['planned', { kind: 'start_again' }, 1],
] as const)(
  'an action that is %s and has no result is not settled by %o: it is open',
  async (_, choice, position) => {
    const before = completion();

    expect(await decide(choice, position)).toEqual({ kind: 'refused', refusal: { kind: 'open' } });

    expect(completion()).toEqual(before);
    expect(reopenings()).toEqual([]);
  },
);

it('an action without a result is carried out by a redrive, under the same key', async () => {
  const { key } = action();

  await processToTheEnd({ reopen: 1 });

  expect(event()).toMatchObject({ state: 'processed' });
  expect(action()).toMatchObject({ key, result: { run_ids: [expect.any(String)] } });
});

it('actions without a result can be skipped', async () => {
  const { length } = world.cyberdesk.calls;

  expect(await decide({ kind: 'skip' }, 0)).toMatchObject({ kind: 'settled', undecided: [1] });
  expect(await decide({ kind: 'skip' }, 1)).toMatchObject({ kind: 'settled', undecided: [] });

  await processToTheEnd({ reopen: 1 });
  expect(event()).toMatchObject({ state: 'processed' });
  expect(world.cyberdesk.calls).toHaveLength(length);
});
