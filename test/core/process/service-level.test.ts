import { beforeEach, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import { answered } from '../support/cyberdesk.ts';
import { pauseItem } from '../support/items.ts';
import {
  event,
  failCall,
  loseResponse,
  processEvent,
  receiveWebhook,
  setUp,
  world,
} from '../support/scenario.ts';
import { START } from '../support/system.ts';
import { createdRun, runComplete, startNext } from '../support/webhooks.ts';

const LEVEL = ['EventOnTime', 'EventDelayed'];
const counted = () => world.counted.filter((name) => LEVEL.includes(name));

beforeEach(() => setUp(startNext));

it('an event that ends within five minutes is on time, and the times to its follow-up and end are measured', async () => {
  world.later(5 * MINUTE);

  await processEvent();

  expect(counted()).toEqual(['EventOnTime']);
  expect(world.timed).toEqual([
    ['TimeToFollowUp', 5 * MINUTE],
    ['TimeToFinish', 5 * MINUTE],
  ]);
});

it('an event that ends later is neither on time nor delayed if no pause held it up', async () => {
  world.model.force(pauseItem({ until: 0, streak: 0, ended: START }));
  world.later(5 * MINUTE + 1);

  await processEvent();

  expect(counted()).toEqual([]);
  expect(world.timed).toContainEqual(['TimeToFinish', 5 * MINUTE + 1]);
});

it.each([
  ['is over', { until: 0, streak: 0, ended: START + 1 }],
  ['is over, and its probe has not been answered yet', { until: START + 4 * MINUTE, streak: 1 }],
])('an event that ends later counts apart if a pause held it up that %s', async (_, pause) => {
  world.model.force(pauseItem(pause));
  world.later(6 * MINUTE);

  await processEvent();

  expect(counted()).toEqual(['EventDelayed']);
});

it('an event that a pause held up for a moment is on time', async () => {
  failCall('createRun', { status: 429, retryAfterMs: 90 * SECOND });
  await processEvent();
  world.cyberdesk.answers.createRun = () => answered({ runIds: ['x'] });
  world.later(2 * MINUTE);

  await processEvent({}, 2);

  expect(counted()).toEqual(['EventOnTime']);
});

it('an event that fails is not on time', async () => {
  failCall('createRun', { status: 422, isJson: true });

  await processEvent();

  expect(event().state).toBe('failed');
  expect(counted()).toEqual([]);
});

it('an event that a person reopens is not measured again', async () => {
  await processEvent();
  world.counted.length = 0;
  world.timed.length = 0;

  await processEvent({ reopen: 1 });

  expect(event().round).toBe(1);
  expect([counted(), world.timed]).toEqual([[], []]);
});

it('an event that reports the same completion as another is on time as well', async () => {
  await processEvent();
  await receiveWebhook(runComplete({}, { event_id: 'twin' }), 'msg_2');

  await processEvent({ event: 'twin' });

  expect(counted()).toEqual(['EventOnTime', 'EventOnTime']);
});

it('the time to a follow-up is not measured in a later round, which a person has begun', async () => {
  failCall('createRun', { status: 422 });
  await processEvent();
  delete world.cyberdesk.answers.createRun;
  world.later(60 * MINUTE);

  expect(await processEvent({ reopen: 1 })).toMatchObject({ outcome: 'processed' });

  expect(world.counted).toContain('FollowUpStarted');
  expect(world.timed.map(([metric]) => metric)).not.toContain('TimeToFollowUp');
});

it('the time to a follow-up is not measured by a run that is found later', async () => {
  await loseResponse();
  world.cyberdesk.runs = [createdRun('found')];
  world.later(60 * MINUTE);

  expect(await processEvent({}, 2)).toMatchObject({ outcome: 'processed' });

  expect(world.counted).toContain('FollowUpAdopted');
  expect(world.timed).toEqual([['TimeToFinish', 60 * MINUTE]]);
});
