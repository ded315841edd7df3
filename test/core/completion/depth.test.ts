import { beforeEach, expect, it } from 'vitest';
import { completionKey, endedAtCompletion, nameOf } from '../../../lambda/core/model/index.ts';
import { HOUR } from '../../../lambda/core/model/time.ts';
import { startRun } from '../../../lambda/rules/index.ts';
import { lineageItem } from '../support/items.ts';
import {
  COMPLETION,
  completion,
  event,
  lineage,
  loseResponse,
  processEvent,
  receiveWebhook,
  setUp,
  world,
} from '../support/scenario.ts';
import { createdRun, runComplete, startNext } from '../support/webhooks.ts';

beforeEach(() => setUp(startNext));

/** Stores how a run was started. */
const recordLineage = (runId: string, more: { depth: number; parent?: string }) =>
  world.model.force(lineageItem(runId, more));

const startedBy = (runId: string) => nameOf({ pk: `run#${runId}`, sk: 'completion#1' });

it('the depth of a run without a lineage is zero', async () => {
  await processEvent();

  expect(completion().depth).toBe(0);
  expect(lineage('started-1')).toMatchObject({ depth: 1, parent: nameOf(COMPLETION) });
});

it('the depth of a run is that of its lineage when the runs above have expired', async () => {
  recordLineage('run-1', { depth: 3, parent: startedBy('gone') });

  await processEvent();

  expect(completion().depth).toBe(3);
});

it('the depth of a run counts a start above it that was found late', async () => {
  recordLineage('run-1', { depth: 1, parent: startedBy('b') });
  recordLineage('b', { depth: 1, parent: startedBy('a') });
  recordLineage('a', { depth: 2 });

  await processEvent();

  expect(completion().depth).toBe(4);
  expect(lineage('started-1')?.depth).toBe(5);
});

it('follow-ups stop exactly at the maximum depth that is counted up the lineage', async () => {
  const { maxFollowUpDepth } = world.worker.settings;
  for (const [top, state] of [
    [maxFollowUpDepth - 2, 'processed'],
    [maxFollowUpDepth - 1, 'failed'],
  ] as const) {
    await setUp(startNext);
    recordLineage('run-1', { depth: 1, parent: startedBy('a') });
    recordLineage('a', { depth: top });
    await processEvent();
    expect(event().state).toBe(state);
  }
});

it('the depth of a run is not counted beyond the maximum', async () => {
  recordLineage('run-1', { depth: 1, parent: startedBy('run-1') });

  await processEvent();

  expect(event()).toMatchObject({ state: 'failed', reason: 'depth_exceeded' });
  expect(completion().depth).toBe(world.worker.settings.maxFollowUpDepth);
});

it('a follow-up that ends before its start is found counts from zero, and the runs below it count in full afterwards', async () => {
  await setUp({
    name: 'r',
    actions: ({ run }) => startRun({ workflow_id: 'workflow-next', input_values: { of: run.id } }),
  });
  const endRun = async (runId: string, at: number) => {
    const body = runComplete(
      { id: runId, ended_at: new Date(at).toISOString() },
      { event_id: `end-of-${runId}` },
    );
    await receiveWebhook(body, `msg-of-${runId}`);
    await processEvent({ event: `end-of-${runId}` });
    return world.model.completion(completionKey(runId, endedAtCompletion(at)));
  };
  await loseResponse();
  world.cyberdesk.runs = [{ ...createdRun('lost'), input_values: { of: 'run-1' } }];

  expect(await endRun('lost', world.system.time)).toMatchObject({ depth: 0 });
  world.later(HOUR);
  expect(await processEvent()).toMatchObject({ outcome: 'processed' });

  expect(lineage('lost')).toMatchObject({ depth: 1, adopted: true });
  expect(lineage('started-1')).toMatchObject({ depth: 1, parent: expect.stringContaining('run#lost ') });
  expect(await endRun('started-1', world.system.time)).toMatchObject({ depth: 2 });
});
