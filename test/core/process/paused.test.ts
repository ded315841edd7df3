import { beforeEach, expect, it } from 'vitest';
import type { PauseItem } from '../../../lambda/core/model/index.ts';
import { HOUR, MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import { notify, publish, secret, startRun } from '../../../lambda/rules/index.ts';
import { answered } from '../support/cyberdesk.ts';
import { pauseItem } from '../support/items.ts';
import {
  action,
  completion,
  createRunCalls,
  failCall,
  processEvent,
  receiveWebhook,
  setUp,
  world,
} from '../support/scenario.ts';
import { START } from '../support/system.ts';
import { runComplete, startNext } from '../support/webhooks.ts';

const WORKFLOWS = ['11111111-1111-4111-8111-000000000001', '11111111-1111-4111-8111-000000000002'] as const;

beforeEach(() => setUp(startNext));

it('a pause does not hold up the end of a failed event', async () => {
  failCall('createRun', { status: 400 });
  world.worker.deadLetters = { send: () => Promise.reject(new Error('down')) };

  await expect(processEvent()).rejects.toThrow('down');

  world.model.force(pauseItem({ until: START + MINUTE, streak: 1 }));
  world.worker.deadLetters = { send: async () => {} };
  world.later(SECOND);

  expect(await processEvent({}, 2)).toMatchObject({ outcome: 'failed' });
});

it('a lookup that is answered opens the gate, and keeps the streak until a write is answered', async () => {
  failCall('createRun', { mayHaveTakenEffect: true });
  await processEvent();
  world.model.force(pauseItem({ until: START + 50 * MINUTE, streak: 3 }));
  world.later(HOUR);
  let pause: PauseItem | undefined;
  world.cyberdesk.answers.createRun = () => {
    pause = world.model.pause();
    return answered({ runIds: ['x'] });
  };

  await processEvent({}, 2);

  expect(pause).toMatchObject({ until: 0, streak: 3 });
  expect(world.model.pause()).toMatchObject({ until: 0, streak: 0 });
});

it('a lookup that decides nothing is an answer, so the other actions of its event are looked up as well after a pause', async () => {
  const starts = WORKFLOWS.map((workflow_id) => startRun({ workflow_id }));
  await setUp({ name: 'fan-out', actions: () => starts });
  failCall('createRun', { mayHaveTakenEffect: true });
  await processEvent();
  world.model.force(pauseItem({ until: START + 50 * MINUTE, streak: 3 }));
  world.later(HOUR);
  failCall('findRuns', { incomplete: true });

  await processEvent({}, 2);

  expect(world.cyberdesk.named('findRuns')).toHaveLength(starts.length);
  expect(world.model.pause()).toMatchObject({ until: 0, streak: 3 });
});

it('an action whose secret cannot be read keeps no other from the probe after a pause', async () => {
  await setUp({
    name: 'two',
    actions: () => [
      startRun({ workflow_id: WORKFLOWS[0], sensitive_input_values: { pin: secret('arn:secret') } }),
      startRun({ workflow_id: WORKFLOWS[1] }),
    ],
  });
  world.model.force(pauseItem({ until: START, streak: 3 }));
  world.secrets.failing = true;
  world.later(SECOND);

  await processEvent();

  expect(createRunCalls().map(({ body }) => JSON.parse(body).workflow_id)).toEqual([WORKFLOWS[1]]);
});

it('a pause begins with the first throttled call, is not charged, and is kept without a write', async () => {
  failCall('createRun', { status: 429, retryAfterMs: 90 * SECOND });

  expect(await processEvent()).toEqual({ kind: 'wait', until: START + 90 * SECOND, because: 'paused' });
  expect(world.model.pause()).toMatchObject({ until: START + 90 * SECOND });
  expect(action()).toMatchObject({ tries: 0, delayed: 0 });
  expect(world.counted).toContain('CyberdeskPaused');

  await receiveWebhook(runComplete({ id: 'run-2' }, { event_id: 'event-2' }), 'msg_2');
  const before = world.model.items.size;
  world.later(SECOND);

  expect(await processEvent({ event: 'event-2' })).toMatchObject({
    kind: 'wait',
    until: START + 90 * SECOND,
    because: 'paused',
  });
  expect(world.model.items.size).toBe(before);
});

it.each(['get', 'put'] as const)(
  'a started run is recorded although the %s of the pause fails',
  async (name) => {
    world.model.force(pauseItem({ until: START - SECOND, streak: 1 }));
    // The gate has the table of the world, not that of the worker.
    const { get, put } = world.table;
    const fail = (called: typeof name, { pk }: { pk: string }) => {
      if (called === name && pk === 'control#pause') throw new Error('throttled');
    };
    world.table.get = async (key) => {
      fail('get', key);
      return get(key);
    };
    world.table.put = async (item, expected) => {
      fail('put', item);
      return put(item, expected);
    };

    expect(await processEvent()).toMatchObject({ kind: 'acknowledge' });

    expect(action().result).toMatchObject({ run_ids: ['started-1'] });
  },
);

it('one failed read of the pause fails none of the messages of a batch', async () => {
  for (const id of ['b', 'c'])
    await receiveWebhook(runComplete({ id: `run-${id}` }, { event_id: `event-${id}` }), `msg_${id}`);
  const { get } = world.table;
  let reads = 0;
  world.table.get = async (key) => {
    if (key.pk === 'control#pause') reads += 1;
    if (key.pk === 'control#pause' && reads === 1) throw new Error('throttled');
    return get(key);
  };

  for (const event of ['event-1', 'event-b', 'event-c'])
    expect(await processEvent({ event })).toMatchObject({ kind: 'acknowledge' });
});

it('a pause does not hold up announcements', async () => {
  await setUp({ name: 'r', actions: () => [publish(), startRun({ workflow_id: 'w' }), notify()] });
  world.model.force(pauseItem({ until: START + 2 * MINUTE, streak: 1 }));

  expect(await processEvent()).toEqual({ kind: 'wait', until: START + 2 * MINUTE, because: 'paused' });
  expect(world.announced).toHaveLength(2);
  expect(world.cyberdesk.calls).toEqual([]);
});

it('a message with an action of an unknown kind waits for the release that knows it, in a pause too', async () => {
  failCall('createRun', { status: 503 });
  await processEvent();
  world.model.force({ ...completion(), actions: [{ ...action(), ...JSON.parse('{"kind":"callWebhook"}') }] });
  world.model.force(pauseItem({ until: START + 3 * MINUTE }));
  world.later(MINUTE);

  expect(await processEvent({}, 2)).toEqual({
    kind: 'wait',
    until: START + 16 * MINUTE,
    because: 'later_release',
  });
});
