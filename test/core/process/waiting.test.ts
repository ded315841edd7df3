import { beforeEach, describe, expect, it } from 'vitest';
import { PAUSE_KEY, type PauseItem } from '../../../lambda/core/model/index.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import { receive } from '../../../lambda/core/receive/receive.ts';
import { notify, publish, startRun } from '../../../lambda/rules/index.ts';
import { action, completion, event, fails, go, setUp, w } from '../drive.ts';
import { runComplete, START, startNext } from '../kit.ts';

beforeEach(() => setUp(startNext));

describe('announcements', () => {
  it('are tried again, and given up after a day', async () => {
    await setUp({ name: 'r', actions: () => notify() });
    const topics = w.worker.topics;
    w.worker.topics = { ...topics, notify: () => Promise.reject(new Error('down')) };
    expect(await go()).toEqual({ kind: 'wait', until: START + 5 * SECOND });
    expect(action()).toMatchObject({ tries: 1, delayed: 5 * SECOND });
    w.model.force({
      ...completion(),
      not_before: START,
      actions: [{ ...action(), not_before: START, delayed: DAY }],
    });
    expect(await go({}, 2)).toMatchObject({ outcome: 'failed' });
    expect(event()).toMatchObject({ reason: 'exhausted' });
  });

  it('wait when there is no time left', async () => {
    await setUp({ name: 'r', actions: () => [publish(), notify()] });
    const { publish: send } = w.worker.topics;
    w.worker.topics = {
      ...w.worker.topics,
      publish: async (it) => {
        await send(it);
        w.system.time = w.worker.deadline;
      },
    };
    expect(await go()).toEqual({ kind: 'wait', until: START + 31 * SECOND });
    expect(w.announced).toHaveLength(1);
  });
});

describe('waiting', () => {
  it('is each action’s own', async () => {
    await setUp({
      name: 'r',
      actions: () => [startRun({ workflow_id: 'a' }), startRun({ workflow_id: 'b' })],
    });
    fails('createRun', { status: 401 });
    await go();
    w.model.force({
      ...completion(),
      not_before: START,
      actions: completion().actions?.map((it, i) => ({ ...it, not_before: START + (i + 1) * HOUR })) ?? [],
    });
    w.later(2 * HOUR - 1);
    delete w.cyberdesk.answers.createRun;
    expect(await go({}, 2)).toEqual({ kind: 'wait', until: START + 2 * HOUR });
    expect(completion().actions?.map(({ result }) => result !== undefined)).toEqual([true, false]);
  });

  it('in a pause holds up neither failures nor new rounds', async () => {
    fails('createRun', { status: 400 });
    w.worker.deadLetters = { send: () => Promise.reject(new Error('down')) };
    await expect(go()).rejects.toThrow('down');
    w.model.force({
      pk: 'control#pause',
      sk: 'pause',
      v: 1,
      tag: 't',
      until: START + HOUR,
      streak: 1,
    } as never);
    w.worker.deadLetters = { send: async () => {} };
    w.later(SECOND);
    expect(await go({}, 2)).toMatchObject({ outcome: 'failed' });
  });

  it('ends a pause with a look-up that is answered', async () => {
    fails('createRun', { mayHaveTakenEffect: true });
    await go();
    w.model.force({ pk: 'control#pause', sk: 'pause', v: 1, tag: 't', until: START, streak: 3 } as never);
    w.later(HOUR);
    let streak: unknown;
    w.cyberdesk.answers.createRun = (() => {
      streak = (w.model.get({ pk: 'control#pause', sk: 'pause' }) as unknown as { streak: number }).streak;
      return { kind: 'answered', value: { runIds: ['x'] } };
    }) as never;
    await go({}, 2);
    expect(streak).toBe(0);
  });
});

describe('a pause', () => {
  const pause = () => w.model.get(PAUSE_KEY) as PauseItem;

  it('begins with the first throttled call, charges nobody, and is kept without a write', async () => {
    w.cyberdesk.answers.createRun = () =>
      ({ kind: 'failed', status: 429, retryAfterMs: 90_000, mayHaveTakenEffect: false }) as never;
    expect(await go()).toEqual({ kind: 'wait', until: START + 90 * SECOND });
    expect(pause()).toMatchObject({ until: START + 90 * SECOND });
    expect(completion().actions?.[0]).toMatchObject({ tries: 0, delayed: 0 });
    expect(w.counted).toContain('CyberdeskPaused');
    await receive(
      w.ports,
      { svixId: 'msg_2', body: runComplete({ id: 'run-2' }, { event_id: 'event-2' }) },
      90,
    );
    const before = w.model.items.size;
    w.later(SECOND);
    expect(await go({ event: 'event-2' })).toEqual({ kind: 'wait', until: START + 90 * SECOND });
    expect(w.model.items.size).toBe(before);
  });

  it('does not hold up announcements', async () => {
    await setUp({ name: 'r', actions: () => [publish(), startRun({ workflow_id: 'w' }), notify()] });
    w.model.force({ ...PAUSE_KEY, v: 1, tag: 't', until: START + MINUTE, streak: 1 } as never);
    expect(await go()).toEqual({ kind: 'wait', until: START + MINUTE });
    expect(w.announced).toHaveLength(2);
    expect(w.cyberdesk.calls).toEqual([]);
  });
});
