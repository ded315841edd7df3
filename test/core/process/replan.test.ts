import { beforeEach, expect, it } from 'vitest';
import { nextRound } from '../../../lambda/core/process/reopen.ts';
import { followUps, type RuleDefinition, startRun } from '../../../lambda/rules/index.ts';
import { completion, createRunCalls, event, processEvent, setUp, world } from '../support/scenario.ts';
import { startNext } from '../support/webhooks.ts';

beforeEach(async () => {
  await setUp(startNext);
  await processEvent();
});

it('a replan adds only actions that have no record', async () => {
  const more: RuleDefinition = { name: 'more', actions: () => startRun({ workflow_id: 'more' }) };
  world.worker.rules = followUps(startNext, more);

  expect(await processEvent({ reopen: nextRound(event()) })).toMatchObject({ outcome: 'processed' });
  expect(createRunCalls().map(({ body }) => body.slice(0, 30))).toEqual([
    '{"workflow_id":"workflow-next"',
    '{"workflow_id":"more"}',
  ]);
  expect(completion()).toMatchObject({ round: 1, done: true });
});

it('a replan is done once, and a plain replay changes nothing', async () => {
  const message = { reopen: nextRound(event()) };

  expect(await processEvent()).toMatchObject({ outcome: 'finished_before' });
  expect(await processEvent(message)).toMatchObject({ outcome: 'processed' });
  expect(await processEvent(message)).toMatchObject({ outcome: 'finished_before' });
  expect(createRunCalls()).toHaveLength(1);
});

it('a replan leaves a duplicate alone', async () => {
  world.model.force({ ...event(), duplicate_of: 'other' });
  expect(await processEvent({ reopen: nextRound(event()) })).toMatchObject({ outcome: 'finished_before' });
});
