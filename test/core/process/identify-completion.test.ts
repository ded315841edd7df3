import { beforeEach, describe, expect, it } from 'vitest';
import type { ActionableEvent } from '../../../lambda/core/model/index.ts';
import { MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import { identifyCompletion } from '../../../lambda/core/process/identify-completion.ts';
import { receive } from '../../../lambda/core/receive/receive.ts';
import { LostRaceError } from '../../../lambda/core/store/compare-and-swap.ts';
import { START } from '../support/system.ts';
import { runComplete } from '../support/webhooks.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
const event = () => world.model.get({ pk: 'event#event-1', sk: 'event' }) as ActionableEvent;
const run = (more: object = {}) => ({
  id: 'run-1',
  workflow_id: 'w',
  status: 'success',
  created_at: '2026-11-25T09:00:00Z',
  ended_at: '2026-11-25T09:30:00+00:00',
  ...more,
});
const fails = (outcome: object) => {
  world.cyberdesk.answers.getRun = () => ({ kind: 'failed', mayHaveTakenEffect: false, ...outcome }) as never;
};

beforeEach(async () => {
  world = createWorld();
  await receive(world.ports, { svixId: 'm', body: runComplete({ ended_at: null }) }, 90);
});

describe('identifyCompletion', () => {
  it('takes the event’s own word', async () => {
    const named = { ...event(), ended_at: 5 };
    expect(await identifyCompletion(world.worker, named)).toEqual({
      kind: 'identified',
      event: named,
      completion: 'completion#5',
    });
    expect(world.cyberdesk.calls).toEqual([]);
  });

  it('asks once, and writes the answer down', async () => {
    world.cyberdesk.runs = [run()];
    const completion = `completion#${Date.parse('2026-11-25T09:30:00Z')}`;
    expect(await identifyCompletion(world.worker, event())).toMatchObject({
      completion,
      event: { completion },
    });
    world.cyberdesk.runs = [run({ ended_at: '2026-11-25T11:00:00Z' })];
    expect(await identifyCompletion(world.worker, event())).toMatchObject({ completion });
    expect(world.cyberdesk.calls).toHaveLength(1);
    expect(world.cyberdesk.calls[0]?.args[1]).toEqual({ until: START + 10 * SECOND });
  });

  it.each([
    ['another status', run({ status: 'error' })],
    ['no end', run({ ended_at: null })],
    ['a run at work', run({ status: 'running', ended_at: null })],
  ])('is the event itself where the API shows %s', async (_, shown) => {
    world.cyberdesk.runs = [shown];
    expect(await identifyCompletion(world.worker, event())).toMatchObject({
      completion: 'completion#event:event-1',
    });
  });

  it('is the event itself where the API does not know the run', async () => {
    fails({ status: 404 });
    expect(await identifyCompletion(world.worker, event())).toMatchObject({
      completion: 'completion#event:event-1',
    });
  });

  it.each([401, 403, 408, 409, 429, 500, 503, undefined])('waits when the API answers %s', async (status) => {
    fails({ status });
    const until = status === 429 ? START + 30 * SECOND : START + MINUTE;
    expect(await identifyCompletion(world.worker, event())).toEqual({ kind: 'wait', until });
    expect(event()).not.toHaveProperty('completion');
  });

  it('says that no API key is set, and when it begins a pause', async () => {
    fails({ keyNotSet: true });
    for (let tries = 0; tries < 3; tries += 1) await identifyCompletion(world.worker, event());
    expect(world.counted).toEqual(['ApiKeyNotSet', 'ApiKeyNotSet', 'CyberdeskPaused', 'ApiKeyNotSet']);
    expect(await identifyCompletion(world.worker, event())).toEqual({
      kind: 'wait',
      until: START + 30 * SECOND,
    });
    expect(world.cyberdesk.calls).toHaveLength(3);
  });

  it.each([
    [401, ['ApiKeyRejected']],
    [403, ['ApiKeyRejected']],
    [503, []],
  ])('says of a refused API key that it is one (%i)', async (status, counted) => {
    fails({ status });
    await identifyCompletion(world.worker, event());
    expect(world.counted).toEqual(counted);
  });

  it('takes an API key that cannot be read for no failure of Cyberdesk', async () => {
    fails({ notAsked: true });
    for (let tries = 0; tries < 5; tries += 1) {
      expect(await identifyCompletion(world.worker, event())).toEqual({
        kind: 'wait',
        until: START + MINUTE,
      });
    }
    expect(world.cyberdesk.calls).toHaveLength(5);
    expect(world.counted).toEqual([]);
    expect(world.model.get({ pk: 'control#pause', sk: 'pause' })).toBeUndefined();
  });

  it('ends a pause with its answer', async () => {
    world.cyberdesk.runs = [run()];
    world.model.force({ pk: 'control#pause', sk: 'pause', v: 1, tag: 't', until: START, streak: 2 } as never);
    await identifyCompletion(world.worker, event());
    expect(world.model.get({ pk: 'control#pause', sk: 'pause' })).toMatchObject({ streak: 0 });
  });

  it('does not begin what it cannot end', async () => {
    world.worker.deadline = START + 10 * SECOND - 1;
    expect(await identifyCompletion(world.worker, event())).toEqual({
      kind: 'wait',
      until: START + 10 * SECOND,
    });
    expect(world.cyberdesk.calls).toEqual([]);
  });

  it('leaves the event to who was faster', async () => {
    world.cyberdesk.runs = [run()];
    const stale = { ...event(), tag: 'old' };
    await expect(identifyCompletion(world.worker, stale)).rejects.toBeInstanceOf(LostRaceError);
  });
});
