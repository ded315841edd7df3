import { beforeEach, describe, expect, it } from 'vitest';
import { nameOf, parentOf } from '../../../lambda/core/model/index.ts';
import { HOUR } from '../../../lambda/core/model/time.ts';
import { receive } from '../../../lambda/core/receive/receive.ts';
import { startRun } from '../../../lambda/rules/index.ts';
import {
  COMPLETION,
  completion,
  event,
  lineage,
  loseAnswer,
  processEvent,
  setUp,
  world,
} from '../support/scenario.ts';
import { createdRun, runComplete, startNext } from '../support/webhooks.ts';

beforeEach(() => setUp(startNext));

/** What is known of a run's start. */
const written = (runId: string, more: { depth: number; parent?: string }) =>
  world.model.force({ pk: `run#${runId}`, sk: 'lineage', v: 1, tag: 't', retried: [], ...more } as never);

const startedBy = (runId: string) => `run#${runId} completion#1`;

describe('the depth of a run', () => {
  it('is nought where nobody is known to have started it', async () => {
    await processEvent();
    expect(completion().depth).toBe(0);
    expect(lineage('started-1')).toMatchObject({ depth: 1, parent: nameOf(COMPLETION) });
  });

  it('is what its lineage says, although all above has expired', async () => {
    written('run-1', { depth: 3, parent: startedBy('gone') });
    await processEvent();
    expect(completion().depth).toBe(3);
  });

  it('is counted anew where a start above was found late', async () => {
    written('run-1', { depth: 1, parent: startedBy('b') });
    written('b', { depth: 1, parent: startedBy('a') });
    written('a', { depth: 2 });
    await processEvent();
    expect(completion().depth).toBe(4);
    expect(lineage('started-1')?.depth).toBe(5);
  });

  it('stops the follow-ups where the count above does, and not one lap later', async () => {
    const { maxFollowUpDepth } = world.worker.settings;
    for (const [top, state] of [
      [maxFollowUpDepth - 2, 'processed'],
      [maxFollowUpDepth - 1, 'failed'],
    ] as const) {
      await setUp(startNext);
      written('run-1', { depth: 1, parent: startedBy('a') });
      written('a', { depth: top });
      await processEvent();
      expect(event().state).toBe(state);
    }
  });

  it('is counted no further than where follow-ups stop', async () => {
    written('run-1', { depth: 1, parent: startedBy('run-1') });
    await processEvent();
    expect(event()).toMatchObject({ state: 'failed', reason: 'depth_exceeded' });
    expect(completion().depth).toBe(world.worker.settings.maxFollowUpDepth);
  });
});

describe('a follow-up that ends before its start is known', () => {
  it('counts from nought, and what it started counts in full once the start is found', async () => {
    const next = 'workflow-next';
    await setUp({
      name: 'r',
      actions: ({ run }) => startRun({ workflow_id: next, input_values: { of: run.id } }),
    });
    const ends = async (runId: string, at: number) => {
      const body = runComplete(
        { id: runId, ended_at: new Date(at).toISOString() },
        { event_id: `end-of-${runId}` },
      );
      await receive(world.ports, { svixId: `msg-of-${runId}`, body }, 90);
      await processEvent({ event: `end-of-${runId}` });
      return world.model.get({ pk: `run#${runId}`, sk: `completion#${at}` });
    };
    await loseAnswer();
    world.cyberdesk.runs = [{ ...createdRun('lost'), input_values: { of: 'run-1' } }];

    expect(await ends('lost', world.system.time)).toMatchObject({ depth: 0 });
    world.later(HOUR);
    expect(await processEvent()).toMatchObject({ outcome: 'processed' });

    expect(lineage('lost')).toMatchObject({ depth: 1, adopted: true });
    expect(lineage('started-1')).toMatchObject({ depth: 1, parent: expect.stringContaining('run#lost ') });
    expect(await ends('started-1', world.system.time)).toMatchObject({ depth: 2 });
  });
});

it('the name of a completion tells its run, whatever that is called', () => {
  const key = { pk: 'run#a run', sk: 'completion#event:event-1' };
  expect(parentOf(nameOf(key))).toEqual({ runId: 'a run', completion: 'completion#event:event-1' });
});
