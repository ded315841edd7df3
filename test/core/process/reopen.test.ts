import { beforeEach, expect, it } from 'vitest';
import { HOUR } from '../../../lambda/core/model/time.ts';
import { startRun } from '../../../lambda/rules/index.ts';
import {
  completion,
  createRunCalls,
  deadLetters,
  event,
  failCall,
  processEvent,
  setUp,
  world,
} from '../support/scenario.ts';
import { startNext } from '../support/webhooks.ts';

/** An event that has failed, because its call was refused. */
beforeEach(async () => {
  await setUp(startNext);
  failCall('createRun', { status: 422 });
  await processEvent();
  world.later(HOUR);
  delete world.cyberdesk.answers.createRun;
});

it('a redrive plans a refused action again under a new key', async () => {
  world.worker.rules = { rules: [{ ...startNext, actions: () => startRun({ workflow_id: 'repaired' }) }] };
  expect(await processEvent({ reopen: 1 })).toMatchObject({ outcome: 'processed' });

  const [first, second] = createRunCalls();

  expect(second?.body).toBe('{"workflow_id":"repaired"}');
  expect(second?.key).not.toBe(first?.key);
  expect(event()).toMatchObject({ state: 'processed', round: 1 });
  expect(event()).not.toHaveProperty('reason');
});

it('a redrive names the failure that it reopens, so that a stray copy has no effect', async () => {
  expect(await processEvent({ reopen: 2 })).toMatchObject({ outcome: 'finished_before' });

  failCall('createRun', { status: 422 });

  expect(await processEvent({ reopen: 1 })).toMatchObject({ outcome: 'failed' });
  expect(event()).toMatchObject({ failure: 2, round: 1 });
  expect(await processEvent({ reopen: 1 })).toMatchObject({ outcome: 'finished_before' });
  expect(deadLetters().at(-1)).toEqual([{ v: 1, event: 'event-1', reopen: 2 }, 'refused']);
  expect(await processEvent()).toMatchObject({ outcome: 'finished_before' });
});

it('a redriven event is listed as open and has no expiry', async () => {
  failCall('createRun', { status: 503 });

  expect(await processEvent({ reopen: 1 })).toMatchObject({ kind: 'wait' });
  expect(event()).toMatchObject({ state: 'received', open: '1', round: 1 });
  for (const removed of ['ttl', 'finished_at', 'reason']) expect(event()).not.toHaveProperty(removed);
  expect(completion()).not.toHaveProperty('ttl');
  expect(await processEvent({ reopen: 1 })).toMatchObject({ kind: 'wait' });
});

it('an event that expired and was delivered again continues the count of failures', async () => {
  failCall('createRun', { status: 422 });
  world.model.force({ ...event(), state: 'received', failure: 0, round: 0, tag: 'new' });
  world.model.force({ ...completion(), round: 3, tag: 'x' });

  await processEvent();

  expect(event()).toMatchObject({ state: 'failed', failure: 4 });

  delete world.cyberdesk.answers.createRun;
  expect(await processEvent({ reopen: 4 })).toMatchObject({ outcome: 'processed' });
});
