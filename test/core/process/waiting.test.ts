import { beforeEach, describe, expect, it } from 'vitest';
import { PAUSE_KEY, type PauseItem } from '../../../lambda/core/model/index.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import { receive } from '../../../lambda/core/receive/receive.ts';
import { notify, publish, startRun } from '../../../lambda/rules/index.ts';
import { action, completion, event, failCall, processEvent, setUp, world } from '../support/scenario.ts';
import { START } from '../support/system.ts';
import { runComplete, startNext } from '../support/webhooks.ts';

beforeEach(() => setUp(startNext));

describe('announcements', () => {
  it('are tried again, and given up after a day', async () => {
    await setUp({ name: 'r', actions: () => notify() });
    const topics = world.worker.topics;
    world.worker.topics = { ...topics, notify: () => Promise.reject(new Error('down')) };
    expect(await processEvent()).toEqual({ kind: 'wait', until: START + 5 * SECOND });
    expect(action()).toMatchObject({ tries: 1, delayed: 5 * SECOND });
    world.model.force({
      ...completion(),
      not_before: START,
      actions: [{ ...action(), not_before: START, delayed: DAY }],
    });
    expect(await processEvent({}, 2)).toMatchObject({ outcome: 'failed' });
    expect(event()).toMatchObject({ reason: 'exhausted' });
  });

  it('wait when there is no time left', async () => {
    await setUp({ name: 'r', actions: () => [publish(), notify()] });
    const { publish: send } = world.worker.topics;
    world.worker.topics = {
      ...world.worker.topics,
      publish: async (it) => {
        await send(it);
        world.system.time = world.worker.deadline;
      },
    };
    expect(await processEvent()).toEqual({ kind: 'wait', until: START + 31 * SECOND });
    expect(world.announced).toHaveLength(1);
  });
});

describe('waiting', () => {
  it('is each action’s own', async () => {
    await setUp({
      name: 'r',
      actions: () => [startRun({ workflow_id: 'a' }), startRun({ workflow_id: 'b' })],
    });
    failCall('createRun', { status: 401 });
    await processEvent();
    world.model.force({
      ...completion(),
      not_before: START,
      actions: completion().actions?.map((it, i) => ({ ...it, not_before: START + (i + 1) * HOUR })) ?? [],
    });
    world.later(2 * HOUR - 1);
    delete world.cyberdesk.answers.createRun;
    expect(await processEvent({}, 2)).toEqual({ kind: 'wait', until: START + 2 * HOUR });
    expect(completion().actions?.map(({ result }) => result !== undefined)).toEqual([true, false]);
  });

  it('in a pause holds up neither failures nor new rounds', async () => {
    failCall('createRun', { status: 400 });
    world.worker.deadLetters = { send: () => Promise.reject(new Error('down')) };
    await expect(processEvent()).rejects.toThrow('down');
    world.model.force({
      pk: 'control#pause',
      sk: 'pause',
      v: 1,
      tag: 't',
      until: START + HOUR,
      streak: 1,
    } as never);
    world.worker.deadLetters = { send: async () => {} };
    world.later(SECOND);
    expect(await processEvent({}, 2)).toMatchObject({ outcome: 'failed' });
  });

  it('ends a pause with a look-up that is answered', async () => {
    failCall('createRun', { mayHaveTakenEffect: true });
    await processEvent();
    world.model.force({ pk: 'control#pause', sk: 'pause', v: 1, tag: 't', until: START, streak: 3 } as never);
    world.later(HOUR);
    let streak: unknown;
    world.cyberdesk.answers.createRun = (() => {
      streak = (world.model.get({ pk: 'control#pause', sk: 'pause' }) as unknown as { streak: number })
        .streak;
      return { kind: 'answered', value: { runIds: ['x'] } };
    }) as never;
    await processEvent({}, 2);
    expect(streak).toBe(0);
  });
});

describe('a pause', () => {
  const pause = () => world.model.get(PAUSE_KEY) as PauseItem;

  it('begins with the first throttled call, charges nobody, and is kept without a write', async () => {
    world.cyberdesk.answers.createRun = () =>
      ({ kind: 'failed', status: 429, retryAfterMs: 90_000, mayHaveTakenEffect: false }) as never;
    expect(await processEvent()).toEqual({ kind: 'wait', until: START + 90 * SECOND });
    expect(pause()).toMatchObject({ until: START + 90 * SECOND });
    expect(completion().actions?.[0]).toMatchObject({ tries: 0, delayed: 0 });
    expect(world.counted).toContain('CyberdeskPaused');
    await receive(
      world.ports,
      { svixId: 'msg_2', body: runComplete({ id: 'run-2' }, { event_id: 'event-2' }) },
      90,
    );
    const before = world.model.items.size;
    world.later(SECOND);
    expect(await processEvent({ event: 'event-2' })).toEqual({ kind: 'wait', until: START + 90 * SECOND });
    expect(world.model.items.size).toBe(before);
  });

  it('does not hold up announcements', async () => {
    await setUp({ name: 'r', actions: () => [publish(), startRun({ workflow_id: 'w' }), notify()] });
    world.model.force({ ...PAUSE_KEY, v: 1, tag: 't', until: START + MINUTE, streak: 1 } as never);
    expect(await processEvent()).toEqual({ kind: 'wait', until: START + MINUTE });
    expect(world.announced).toHaveLength(2);
    expect(world.cyberdesk.calls).toEqual([]);
  });
});
