import { beforeEach, describe, expect, it } from 'vitest';
import type { CompletionItem } from '../../../lambda/core/model/index.ts';
import { DAY, HOUR, SECOND } from '../../../lambda/core/model/time.ts';
import { startRun } from '../../../lambda/rules/index.ts';
import { action, END, event, fails, go, lineage, sends, setUp, w } from '../drive.ts';
import { START, startNext } from '../kit.ts';

beforeEach(() => setUp(startNext));

describe('an attempt', () => {
  it('is recorded before it is sent, and ends in time', async () => {
    w.cyberdesk.answers.createRun = (() => {
      expect(action().begun).toEqual({ first: START, last: START });
      return { kind: 'answered', value: { runIds: ['x'] } };
    }) as never;
    await go();
    expect(action().result).toEqual({ run_ids: ['x'], at: START });
    expect(w.cyberdesk.named('createRun')[0]?.args[2]).toEqual({ until: START + 30 * SECOND });
    expect(w.counted).toEqual(['FollowUpStarted', 'EventProcessed']);
  });

  it('ends with the invocation when that is sooner', async () => {
    w.worker.deadline = START + 12 * SECOND;
    await go();
    expect(w.cyberdesk.named('createRun')[0]?.args[2]).toEqual({ until: START + 12 * SECOND });
  });

  it('writes the lineage before the result', async () => {
    const order: string[] = [];
    w.model.onPut = (item) => {
      if (item.sk === 'lineage') order.push('lineage');
      if ((item as CompletionItem).actions?.[0]?.result) order.push('result');
    };
    await go();
    expect(order).toEqual(['lineage', 'result']);
    expect(lineage('started-1')).toMatchObject({
      action: w.cyberdesk.named('createRun')[0]?.args[1],
      parent: `run#run-1 completion#${END}`,
      depth: 1,
      retried: [],
      ttl: Math.floor((START + 180 * DAY) / 1000),
    });
    expect(lineage('started-1')).not.toHaveProperty('adopted');
  });

  it('is not sent when the way to it took too long, is charged, and leaves no doubt', async () => {
    const { put } = w.worker.table;
    w.worker.table = {
      ...w.worker.table,
      put: async (item, expected) => {
        if ((item as CompletionItem).actions?.[0]?.begun) w.system.time += 21 * SECOND;
        return put(item, expected);
      },
    };
    expect(await go()).toEqual({ kind: 'wait', until: START + 26 * SECOND });
    expect(sends()).toBe(0);
    expect(action()).toMatchObject({ tries: 1 });
    expect(action()).not.toHaveProperty('begun');
  });

  it('is not made when there is no time for it', async () => {
    const { get } = w.worker.table;
    w.worker.table = {
      ...w.worker.table,
      get: (key) => {
        if (key.sk === 'lineage') w.system.time += 21 * SECOND;
        return get(key);
      },
    };
    expect(await go()).toEqual({ kind: 'wait', until: START + 22 * SECOND });
    expect(w.cyberdesk.calls).toEqual([]);
    expect(action().tries).toBe(0);
  });

  describe('under a lease that ends before the invocation does', () => {
    const LEASE = 15 * SECOND;
    beforeEach(() => {
      w.worker.settings = { ...w.worker.settings, lease: LEASE };
    });

    /** Recording that an attempt begins takes this long. */
    function slowBegin(duration: number): void {
      const { put } = w.worker.table;
      w.worker.table = {
        ...w.worker.table,
        put: (item, expected) => {
          if ((item as CompletionItem).actions?.[0]?.begun) w.system.time += duration;
          return put(item, expected);
        },
      };
    }

    it('is sent when the lease outlives one call, and ends with it', async () => {
      slowBegin(5 * SECOND);
      await go();
      expect(w.cyberdesk.named('createRun')[0]?.args[2]).toEqual({ until: START + LEASE });
    });

    it('is not sent when it does not any more, leaving no doubt', async () => {
      slowBegin(5 * SECOND + 1);
      expect(await go()).toMatchObject({ kind: 'wait' });
      expect(w.cyberdesk.calls).toEqual([]);
      expect(action()).toMatchObject({ tries: 1 });
      expect(action()).not.toHaveProperty('begun');
    });

    it('is not begun when it does not from the start', async () => {
      const { get } = w.worker.table;
      w.worker.table = {
        ...w.worker.table,
        get: (key) => {
          if (key.sk === 'lineage') w.system.time += 5 * SECOND + 1;
          return get(key);
        },
      };
      expect(await go()).toEqual({ kind: 'wait', until: START + 6 * SECOND + 1 });
      expect(w.cyberdesk.calls).toEqual([]);
      expect(action().tries).toBe(0);
    });
  });

  it.each([400, 404, 422])('that is refused with %i fails for good', async (status) => {
    fails('createRun', { status });
    expect(await go()).toMatchObject({ outcome: 'failed' });
    expect(action().failure).toEqual({ reason: 'refused', status });
  });

  it('that meets a conflict is for a person', async () => {
    fails('createRun', { status: 409 });
    await go();
    expect(event()).toMatchObject({ state: 'failed', reason: 'outcome_unknown' });
    expect(w.counted).toContain('OutcomeUnknown');
    expect(action()).toHaveProperty('body');
  });

  it.each([
    [401, 'ApiKeyRejected'],
    [403, 'ApiKeyRejected'],
    [503, undefined],
    [408, undefined],
  ])('answered by %i is made again', async (status, metric) => {
    fails('createRun', { status });
    expect(await go()).toEqual({ kind: 'wait', until: START + 5 * SECOND });
    expect(action()).toMatchObject({ tries: 1, delayed: 5 * SECOND });
    expect(action()).not.toHaveProperty('begun');
    expect(w.counted).toEqual(metric ? [metric] : []);
  });

  it('waits for an API key to be set', async () => {
    fails('createRun', { keyNotSet: true });
    await go();
    expect(w.counted).toEqual(['ApiKeyNotSet']);
  });

  it('is exhausted when its tries have added up to a day', async () => {
    fails('createRun', { status: 503 });
    let verdict = await go();
    for (let tries = 1; verdict.kind === 'wait' && tries < 100; tries += 1) {
      w.later(verdict.until - w.system.time);
      verdict = await go();
    }
    expect(event()).toMatchObject({ state: 'failed', reason: 'exhausted' });
    expect(w.system.time - START).toBeGreaterThan(24 * HOUR);
  });

  it('keeps other actions apart when one of them waits', async () => {
    await setUp({
      name: 'r',
      actions: () => [startRun({ workflow_id: 'a' }), startRun({ workflow_id: 'b' })],
    });
    w.cyberdesk.answers.createRun = ((body: string) =>
      body.includes('"a"')
        ? { kind: 'failed', status: 503, mayHaveTakenEffect: true }
        : { kind: 'answered', value: { runIds: ['b'] } }) as never;
    expect(await go()).toEqual({ kind: 'wait', until: START + 5 * SECOND });
    w.later(SECOND);
    expect(await go()).toEqual({ kind: 'wait', until: START + 5 * SECOND });
    expect(sends()).toBe(2);
  });
});
