import { beforeEach, expect, it } from 'vitest';
import { eventKey } from '../../../lambda/core/model/index.ts';
import { SECOND } from '../../../lambda/core/model/time.ts';
import { isEvent } from '../../simulation/model/items.ts';
import { lineageItem } from '../support/items.ts';
import {
  beforePut,
  createRunCalls,
  deadLetters,
  event,
  failCall,
  justBefore,
  processEvent,
  setUp,
  world,
} from '../support/scenario.ts';
import { START } from '../support/system.ts';
import { startNext } from '../support/webhooks.ts';

beforeEach(() => setUp(startNext));

it('a failed event is sent to the dead-letter queue before it is recorded', async () => {
  failCall('createRun', { status: 422 });
  const order: string[] = [];
  const { send } = world.worker.deadLetters;
  world.worker.deadLetters = {
    send: async (...args) => {
      order.push('dead letter');
      await send(...args);
    },
  };
  world.model.onPut = (item) => {
    if (isEvent(item)) order.push(item.state);
  };

  expect(await processEvent()).toEqual({ kind: 'acknowledge', outcome: 'failed' });
  expect(order).toEqual(['dead letter', 'failed']);
  expect(event()).toMatchObject({ state: 'failed', reason: 'refused', failure: 1, round: 0 });
  expect(deadLetters()).toEqual([[{ v: 1, event: 'event-1', reopen: 1 }, 'refused']]);
  expect(world.counted).toContain('FollowUpFailed');
});

it('a failure that was not recorded is repeated', async () => {
  failCall('createRun', { status: 422 });
  world.worker.deadLetters = { send: () => Promise.reject(new Error('down')) };

  await expect(processEvent()).rejects.toThrow('down');
  expect(event().state).toBe('received');

  world.worker.deadLetters = {
    send: async (body, reason) => void world.deadLetters.send(body, START, reason),
  };

  expect(await processEvent()).toMatchObject({ outcome: 'failed' });
  expect(createRunCalls()).toHaveLength(1);
});

it('an event fails with a reason when its rules throw, it is too deep or its body is lost', async () => {
  await setUp({
    name: 'r',
    actions: () => {
      throw new Error('payload');
    },
  });
  await processEvent();
  expect(event()).toMatchObject({ reason: 'rule_threw' });

  await setUp(startNext);
  world.model.force(lineageItem('run-1', { depth: 5 }));
  await processEvent();
  expect(event()).toMatchObject({ reason: 'depth_exceeded' });

  await setUp(startNext);
  const { body: _body, ...rest } = event();
  world.model.force({ ...rest, body_pieces: 1 });
  await processEvent();
  expect(event()).toMatchObject({ reason: 'body_lost' });
});

it('the end of an event keeps what the sweeper recorded meanwhile', async () => {
  justBefore(isEvent, () => world.model.force({ ...event(), resent_at: 'now', tag: 'sweeper' }));

  expect(await processEvent()).toMatchObject({ outcome: 'processed' });
  expect(event()).toMatchObject({ state: 'processed', resent_at: 'now' });
});

it("the end of an event does not overwrite another worker's end or a new round", async () => {
  justBefore(isEvent, () => world.model.force({ ...event(), state: 'failed', tag: 'other' }));
  expect(await processEvent()).toMatchObject({ kind: 'acknowledge' });
  expect(event()).toMatchObject({ state: 'failed', tag: 'other' });

  await setUp(startNext);
  justBefore(isEvent, () => world.model.force({ ...event(), round: 1, tag: 'other' }));
  await processEvent();
  expect(event()).toMatchObject({ state: 'received', round: 1, tag: 'other' });
});

it('the end of an event that has expired is not written', async () => {
  justBefore(isEvent, () => world.model.remove(eventKey('event-1')));

  expect(await processEvent()).toMatchObject({ kind: 'acknowledge' });
  expect(world.model.event('event-1')).toBeUndefined();
});

it('the end of an event is written by the next receive when the first write failed', async () => {
  const { table } = world.worker;
  beforePut((item) => {
    if (isEvent(item)) throw new Error('down');
  });

  await expect(processEvent()).rejects.toThrow('down');

  world.worker.table = table;
  const writes: string[] = [];
  world.model.onPut = ({ sk }) => writes.push(sk);

  expect(await processEvent({}, 2)).toMatchObject({ outcome: 'processed' });
  expect(writes).toEqual(['event']);
});

it('a processed event is counted once, and a failed or waiting one is not', async () => {
  failCall('createRun', { status: 503 });
  await processEvent();
  expect(world.counted).not.toContain('EventProcessed');
  delete world.cyberdesk.answers.createRun;
  world.later(5 * SECOND);

  await processEvent({}, 2);
  await processEvent({}, 3);

  expect(world.counted.filter((name) => name === 'EventProcessed')).toHaveLength(1);
});
