import { beforeEach, describe, expect, it } from 'vitest';
import type { CompletionItem } from '../../../lambda/core/model/index.ts';
import { DAY, HOUR, SECOND } from '../../../lambda/core/model/time.ts';
import { startRun } from '../../../lambda/rules/index.ts';
import {
  action,
  createRunCalls,
  event,
  failCall,
  lineage,
  processEvent,
  setUp,
  world,
} from '../support/scenario.ts';
import { START } from '../support/system.ts';
import { END, startNext } from '../support/webhooks.ts';

beforeEach(() => setUp(startNext));

describe('an attempt', () => {
  it('is recorded before it is sent, and ends in time', async () => {
    world.cyberdesk.answers.createRun = (() => {
      expect(action().begun).toEqual({ first: START, last: START });
      return { kind: 'answered', value: { runIds: ['x'] } };
    }) as never;
    await processEvent();
    expect(action().result).toEqual({ run_ids: ['x'], at: START });
    expect(createRunCalls()[0]?.limit).toEqual({ until: START + 30 * SECOND });
    expect(world.counted).toEqual(['FollowUpStarted', 'EventProcessed']);
  });

  it('ends with the invocation when that is sooner', async () => {
    world.worker.deadline = START + 12 * SECOND;
    await processEvent();
    expect(createRunCalls()[0]?.limit).toEqual({ until: START + 12 * SECOND });
  });

  it('writes the lineage before the result', async () => {
    const order: string[] = [];
    world.model.onPut = (item) => {
      if (item.sk === 'lineage') order.push('lineage');
      if ((item as CompletionItem).actions?.[0]?.result) order.push('result');
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

  it('is not sent when the way to it took too long, is charged, and leaves no doubt', async () => {
    const { put } = world.worker.table;
    world.worker.table = {
      ...world.worker.table,
      put: async (item, expected) => {
        if ((item as CompletionItem).actions?.[0]?.begun) world.system.time += 21 * SECOND;
        return put(item, expected);
      },
    };
    expect(await processEvent()).toEqual({ kind: 'wait', until: START + 26 * SECOND });
    expect(createRunCalls()).toHaveLength(0);
    expect(action()).toMatchObject({ tries: 1 });
    expect(action()).not.toHaveProperty('begun');
  });

  it('is not made when there is no time for it', async () => {
    const { get } = world.worker.table;
    world.worker.table = {
      ...world.worker.table,
      get: (key) => {
        if (key.sk === 'lineage') world.system.time += 21 * SECOND;
        return get(key);
      },
    };
    expect(await processEvent()).toEqual({ kind: 'wait', until: START + 22 * SECOND });
    expect(world.cyberdesk.calls).toEqual([]);
    expect(action().tries).toBe(0);
  });

  describe('under a lease that ends before the invocation does', () => {
    const LEASE = 15 * SECOND;
    beforeEach(() => {
      world.worker.settings = { ...world.worker.settings, lease: LEASE };
    });

    /** Recording that an attempt begins takes this long. */
    function slowBegin(duration: number): void {
      const { put } = world.worker.table;
      world.worker.table = {
        ...world.worker.table,
        put: (item, expected) => {
          if ((item as CompletionItem).actions?.[0]?.begun) world.system.time += duration;
          return put(item, expected);
        },
      };
    }

    it('is sent when the lease outlives one call, and ends with it', async () => {
      slowBegin(5 * SECOND);
      await processEvent();
      expect(createRunCalls()[0]?.limit).toEqual({ until: START + LEASE });
    });

    it('is not sent when it does not any more, leaving no doubt', async () => {
      slowBegin(5 * SECOND + 1);
      expect(await processEvent()).toMatchObject({ kind: 'wait' });
      expect(world.cyberdesk.calls).toEqual([]);
      expect(action()).toMatchObject({ tries: 1 });
      expect(action()).not.toHaveProperty('begun');
    });

    it('is not begun when it does not from the start', async () => {
      const { get } = world.worker.table;
      world.worker.table = {
        ...world.worker.table,
        get: (key) => {
          if (key.sk === 'lineage') world.system.time += 5 * SECOND + 1;
          return get(key);
        },
      };
      expect(await processEvent()).toEqual({ kind: 'wait', until: START + 6 * SECOND + 1 });
      expect(world.cyberdesk.calls).toEqual([]);
      expect(action().tries).toBe(0);
    });
  });

  it.each([400, 404, 422])('that is refused with %i fails for good', async (status) => {
    failCall('createRun', { status });
    expect(await processEvent()).toMatchObject({ outcome: 'failed' });
    expect(action().failure).toEqual({ reason: 'refused', status });
  });

  it('that meets a conflict is for a person', async () => {
    failCall('createRun', { status: 409 });
    await processEvent();
    expect(event()).toMatchObject({ state: 'failed', reason: 'outcome_unknown' });
    expect(world.counted).toContain('OutcomeUnknown');
    expect(action()).toHaveProperty('body');
  });

  it.each([
    [401, 'ApiKeyRejected'],
    [403, 'ApiKeyRejected'],
    [503, undefined],
    [408, undefined],
  ])('answered by %i is made again', async (status, metric) => {
    failCall('createRun', { status });
    expect(await processEvent()).toEqual({ kind: 'wait', until: START + 5 * SECOND });
    expect(action()).toMatchObject({ tries: 1, delayed: 5 * SECOND });
    expect(action()).not.toHaveProperty('begun');
    expect(world.counted).toEqual(metric ? [metric] : []);
  });

  it('waits for an API key to be set', async () => {
    failCall('createRun', { keyNotSet: true });
    await processEvent();
    expect(world.counted).toEqual(['ApiKeyNotSet']);
  });

  it('is exhausted when its tries have added up to a day', async () => {
    failCall('createRun', { status: 503 });
    let verdict = await processEvent();
    for (let tries = 1; verdict.kind === 'wait' && tries < 100; tries += 1) {
      world.later(verdict.until - world.system.time);
      verdict = await processEvent();
    }
    expect(event()).toMatchObject({ state: 'failed', reason: 'exhausted' });
    expect(world.system.time - START).toBeGreaterThan(24 * HOUR);
  });

  it('keeps other actions apart when one of them waits', async () => {
    await setUp({
      name: 'r',
      actions: () => [startRun({ workflow_id: 'a' }), startRun({ workflow_id: 'b' })],
    });
    world.cyberdesk.answers.createRun = ((body: string) =>
      body.includes('"a"')
        ? { kind: 'failed', status: 503, mayHaveTakenEffect: true }
        : answered({ runIds: ['b'] })) as never;
    expect(await processEvent()).toEqual({ kind: 'wait', until: START + 5 * SECOND });
    world.later(SECOND);
    expect(await processEvent()).toEqual({ kind: 'wait', until: START + 5 * SECOND });
    expect(createRunCalls()).toHaveLength(2);
  });
});
