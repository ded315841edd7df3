import { beforeEach, expect, it } from 'vitest';
import { DAY, MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import { isCompletion } from '../../simulation/model/items.ts';
import {
  COMPLETION,
  completion,
  crashIn,
  createRunCalls,
  event,
  processEvent,
  receiveWebhook,
  setUp,
  world,
} from '../support/scenario.ts';
import { START } from '../support/system.ts';
import { runComplete, startNext } from '../support/webhooks.ts';

beforeEach(() => setUp(startNext));

it('a completion is claimed, planned and begun in one write, and done in another', async () => {
  const writes: string[] = [];
  world.model.onPut = (item) => {
    if (!isCompletion(item)) writes.push(item.sk);
    else if (item.done) writes.push('done');
    else writes.push(item.actions?.[0]?.begun ? 'begun' : 'planned');
  };

  await processEvent();

  expect(writes).toEqual(['begun', 'lineage', 'done', 'event']);
  expect(completion()).toMatchObject({
    owner: 'event-1',
    done: true,
    ttl: Math.floor((START + 180 * DAY) / 1000),
  });
  expect(completion().actions?.[0]).not.toHaveProperty('body');
  expect(event()).toMatchObject({
    state: 'processed',
    finished_at: '2026-11-25T10:00:00.000Z',
    ttl: Math.floor((START + 90 * DAY) / 1000),
  });
  expect(event()).not.toHaveProperty('open');
});

it('a completion without actions takes one write', async () => {
  await setUp();
  const writes: string[] = [];
  world.model.onPut = ({ sk }) => writes.push(sk.replace(/#.*/, ''));

  expect(await processEvent()).toEqual({ kind: 'acknowledge', outcome: 'processed' });
  expect(writes).toEqual(['completion', 'event']);
});

it('a completion is claimed before its rules are asked when the message was received before', async () => {
  const claimed: boolean[] = [];
  await setUp({
    name: 'r',
    actions: () => {
      claimed.push(world.model.completion(COMPLETION) !== undefined);
      return [];
    },
  });

  await processEvent({}, 2);

  expect(claimed).toEqual([true]);
});

it('a completion belongs to the first of two events, and the other one is a duplicate', async () => {
  await processEvent();

  await receiveWebhook(runComplete({}, { event_id: 'twin' }), 'msg_2');

  expect(await processEvent({ event: 'twin' })).toEqual({ kind: 'acknowledge', outcome: 'duplicate' });
  expect(event('twin')).toMatchObject({ state: 'processed', duplicate_of: 'event-1' });
  expect(createRunCalls()).toHaveLength(1);
});

it('an in-place retry leads to a new completion', async () => {
  await processEvent();
  const body = runComplete({ ended_at: '2026-11-25T12:00:00Z' }, { event_id: 'again' });

  await receiveWebhook(body, 'msg_2');

  expect(await processEvent({ event: 'again' })).toMatchObject({ outcome: 'processed' });

  const [first, second] = createRunCalls();
  expect(second?.key).not.toBe(first?.key);
});

it('a message waits for a completion with a live lease', async () => {
  crashIn('createRun');

  await expect(processEvent()).rejects.toThrow('dies');
  expect(await processEvent()).toEqual({ kind: 'wait', until: START + 60 * SECOND, because: 'leased' });

  world.later(60 * SECOND);
  delete world.cyberdesk.answers.createRun;
  world.later(10 * MINUTE);

  expect(await processEvent()).toMatchObject({ outcome: 'processed' });
});

it('an event is recorded as processed when a worker died after its completion was done', async () => {
  await processEvent();
  world.model.force({ ...event(), state: 'received', tag: 'x' });

  expect(await processEvent()).toEqual({ kind: 'acknowledge', outcome: 'processed' });
  expect(createRunCalls()).toHaveLength(1);
});
