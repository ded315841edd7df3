import { beforeEach, expect, it } from 'vitest';
import { DAY, HOUR, SECOND } from '../../../lambda/core/model/time.ts';
import { isCompletion, isLineage } from '../../simulation/model/items.ts';
import { answered } from '../support/cyberdesk.ts';
import { lineageItem } from '../support/items.ts';
import {
  action,
  beforeGet,
  beforePut,
  createRunCalls,
  event,
  failCall,
  justBefore,
  lineage,
  processEvent,
  setUp,
  world,
} from '../support/scenario.ts';
import { START } from '../support/system.ts';
import { END, startNext } from '../support/webhooks.ts';

beforeEach(() => setUp(startNext));

it('an attempt is recorded before the call is sent, and the call has a time limit', async () => {
  world.cyberdesk.answers.createRun = () => {
    expect(action().begun).toEqual({ first: START, last: START });
    return answered({ runIds: ['x'] });
  };

  await processEvent();

  expect(action().result).toEqual({ run_ids: ['x'], at: START });
  expect(createRunCalls()[0]?.limit).toEqual({ until: START + 30 * SECOND });
  expect(world.counted).toEqual(['FollowUpStarted', 'EventOnTime', 'EventProcessed']);
});

it('a call ends with its invocation at the latest', async () => {
  world.worker.deadline = START + 12 * SECOND;

  await processEvent();

  expect(createRunCalls()[0]?.limit).toEqual({ until: START + 12 * SECOND });
});

it('the lineage of a started run is written before the result', async () => {
  const order: string[] = [];
  world.model.onPut = (item) => {
    if (isLineage(item)) order.push('lineage');
    if (isCompletion(item) && item.actions?.[0]?.result) order.push('result');
  };

  await processEvent();

  expect(order).toEqual(['lineage', 'result']);
  expect(lineage('started-1')).toMatchObject({
    action: createRunCalls()[0]?.key,
    parent: `run#run-1 completion#${END}`,
    depth: 1,
    retried: [],
    ttl: Math.floor((START + 180 * DAY) / 1000),
  });
  expect(lineage('started-1')).not.toHaveProperty('adopted');
});

it('a call whose preparation took too long is charged but not sent, and leaves no doubt', async () => {
  beforePut((item) => {
    if (isCompletion(item) && item.actions?.[0]?.begun) world.system.time += 21 * SECOND;
  });

  expect(await processEvent()).toEqual({ kind: 'wait', until: START + 26 * SECOND, because: 'retry' });
  expect(createRunCalls()).toHaveLength(0);
  expect(action()).toMatchObject({ tries: 1 });
  expect(action()).not.toHaveProperty('begun');
});

it('a call is not begun when the invocation has too little time left', async () => {
  beforeGet(({ sk }) => {
    if (sk === 'lineage') world.system.time += 21 * SECOND;
  });

  expect(await processEvent()).toEqual({ kind: 'wait', until: START + 22 * SECOND, because: 'no_time' });
  expect(world.cyberdesk.calls).toEqual([]);
  expect(action().tries).toBe(0);
});

it('a started run that belongs to another action leaves the outcome unknown', async () => {
  world.cyberdesk.answers.createRun = () => answered({ runIds: ['x'] });
  world.model.force(lineageItem('x', { action: 'other' }));

  await processEvent();

  expect(event()).toMatchObject({ reason: 'outcome_unknown' });
  expect(lineage('x')).toMatchObject({ action: 'other' });
});

it('doubt about an earlier attempt remains when the preparation of the next one took too long', async () => {
  failCall('createRun', { mayHaveTakenEffect: true });
  await processEvent();
  const { begun } = action();
  world.later(20 * SECOND);
  justBefore(
    (item) => isCompletion(item) && item.actions?.[0]?.begun?.last === world.system.time,
    () => {
      world.system.time += 26 * SECOND;
    },
  );
  world.worker.deadline = START + HOUR;

  expect(await processEvent({}, 2)).toMatchObject({ kind: 'wait' });
  expect(createRunCalls()).toHaveLength(1);
  expect(action()).toMatchObject({ begun, tries: 2 });
});
