import { beforeEach, describe, expect, it } from 'vitest';
import type { CompletionItem } from '../../../lambda/core/model/index.ts';
import { DAY, MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import { processMessage } from '../../../lambda/core/process/process-message.ts';
import { receive } from '../../../lambda/core/receive/receive.ts';
import { COMPLETION, completion, deadLetters, event, go, setUp, w } from '../drive.ts';
import { runComplete, START, startNext } from '../kit.ts';

beforeEach(() => setUp(startNext));

describe('a message', () => {
  it('that is garbage goes to the dead-letter queue as it is', async () => {
    expect(await processMessage(w.worker, { body: 'garbage', receives: 1 })).toEqual({
      kind: 'acknowledge',
      outcome: 'dead_lettered',
    });
    expect([...w.deadLetters.messages.values()]).toMatchObject([{ body: 'garbage', reason: 'garbage' }]);
  });

  it('of a later release waits, and so do items of one', async () => {
    const wait = { kind: 'wait', until: START + 15 * MINUTE };
    expect(await go({ v: 2 })).toEqual(wait);
    w.model.force({ ...event(), v: 2 });
    expect(await go()).toEqual(wait);
    w.model.force({ ...event(), v: 1 });
    w.model.force({ ...COMPLETION, v: 3, tag: 'x' } as never);
    expect(await go()).toEqual(wait);
    w.model.items.delete(`${COMPLETION.pk}\n${COMPLETION.sk}`);
    w.model.force({ pk: 'run#run-1', sk: 'lineage', v: 2, tag: 'x' } as never);
    expect(await go()).toEqual(wait);
    expect(await go({}, 2)).toEqual(wait);
    expect(completion()).toMatchObject({ crashes: 0, not_before: wait.until });
    expect(completion()).not.toHaveProperty('lease');
    expect(deadLetters()).toEqual([]);
  });

  it('without an event goes to the dead-letter queue', async () => {
    expect(await go({ event: 'gone' })).toMatchObject({ outcome: 'dead_lettered' });
    expect(deadLetters()).toEqual([[{ v: 1, event: 'gone' }, 'event_missing']]);
  });

  it('waits when its batch has used up the time, and writes nothing', async () => {
    w.worker.deadline = START + 10 * SECOND - 1;
    const before = w.model.items.size;
    const verdict = await go();
    expect(verdict).toEqual({ kind: 'wait', until: START + SECOND });
    expect(w.model.items.size).toBe(before);
    w.worker.deadline = START + 10 * SECOND;
    expect(await go()).toMatchObject({ kind: 'acknowledge' });
  });

  it.each(['processed', 'ignored', 'unprocessable', 'failed'] as const)(
    'of a %s event is over',
    async (state) => {
      w.model.force({ ...event(), state });
      expect(await go()).toEqual({ kind: 'acknowledge', outcome: 'finished_before' });
      expect(w.cyberdesk.calls).toEqual([]);
    },
  );
});

describe('a completion', () => {
  it('is claimed, planned and begun in one write, then done in one', async () => {
    const writes: string[] = [];
    w.model.onPut = (item) => {
      const { actions, done } = item as CompletionItem;
      const what = item.sk.startsWith('completion')
        ? done
          ? 'done'
          : actions?.[0]?.begun
            ? 'begun'
            : 'planned'
        : item.sk;
      writes.push(what);
    };
    await go();
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

  it('without anything to do takes one write', async () => {
    await setUp();
    const writes: string[] = [];
    w.model.onPut = ({ sk }) => writes.push(sk.split('#')[0] as string);
    expect(await go()).toEqual({ kind: 'acknowledge', outcome: 'processed' });
    expect(writes).toEqual(['completion', 'event']);
  });

  it('is claimed before its rules are asked when the message has come before', async () => {
    const planned: boolean[] = [];
    await setUp({ name: 'r', actions: () => void planned.push(completion() !== undefined) as never });
    await go({}, 2);
    expect(planned).toEqual([true]);
  });

  it('belongs to the first of two events; the other is a copy', async () => {
    await go();
    await receive(w.ports, { svixId: 'msg_2', body: runComplete({}, { event_id: 'twin' }) }, 90);
    expect(await go({ event: 'twin' })).toEqual({ kind: 'acknowledge', outcome: 'duplicate' });
    expect(event('twin')).toMatchObject({ state: 'processed', duplicate_of: 'event-1' });
    expect(w.cyberdesk.named('createRun')).toHaveLength(1);
  });

  it('of an in-place retry is a new one', async () => {
    await go();
    const body = runComplete({ ended_at: '2026-11-25T12:00:00Z' }, { event_id: 'again' });
    await receive(w.ports, { svixId: 'msg_2', body }, 90);
    expect(await go({ event: 'again' })).toMatchObject({ outcome: 'processed' });
    const [first, second] = w.cyberdesk.named('createRun');
    expect(second?.args[1]).not.toBe(first?.args[1]);
  });

  it('with a live lease is waited for, never acknowledged', async () => {
    w.cyberdesk.answers.createRun = () => {
      throw new Error('the worker dies');
    };
    await expect(go()).rejects.toThrow('dies');
    expect(await go()).toEqual({ kind: 'wait', until: START + 60 * SECOND });
    w.later(60 * SECOND);
    delete w.cyberdesk.answers.createRun;
    w.later(10 * MINUTE);
    expect(await go()).toMatchObject({ outcome: 'processed' });
  });

  it('that is done is only recorded, when a worker died between the two writes', async () => {
    await go();
    w.model.force({ ...event(), state: 'received', tag: 'x' });
    expect(await go()).toEqual({ kind: 'acknowledge', outcome: 'processed' });
    expect(w.cyberdesk.named('createRun')).toHaveLength(1);
  });

  it('that kills its worker five times is given up', async () => {
    w.cyberdesk.answers.createRun = () => {
      throw new Error('the worker dies');
    };
    w.cyberdesk.answers.findRuns = () => {
      throw new Error('the worker dies');
    };
    for (let crash = 1; crash <= 5; crash += 1) {
      await expect(go()).rejects.toThrow();
      w.later(5 * MINUTE);
    }
    expect(await go()).toMatchObject({ outcome: 'failed' });
    expect(event()).toMatchObject({ state: 'failed', reason: 'crashed', failure: 1 });
    expect(deadLetters()).toEqual([[{ v: 1, event: 'event-1', reopen: 1 }, 'crashed']]);
  });

  it('whose call kills its worker each time is given up too, although it waits in good order in between', async () => {
    w.cyberdesk.answers.createRun = () => {
      throw new Error('the worker dies');
    };
    for (let turns = 0; event().state === 'received' && turns < 20; turns += 1) {
      const verdict = await go().catch(() => undefined);
      w.later(verdict?.kind === 'wait' ? verdict.until - w.system.time : 5 * MINUTE);
    }
    expect(event()).toMatchObject({ state: 'failed', reason: 'crashed' });
    expect(w.cyberdesk.named('createRun')).toHaveLength(5);
  });

  it('is left to another worker after some lost races', async () => {
    const put = w.worker.table.put;
    w.system.dice = 0.5;
    w.worker.table = {
      ...w.worker.table,
      put: async (item, expected) =>
        item.sk.startsWith('completion') ? { kind: 'conflict' } : put(item, expected),
    };
    expect(await go()).toEqual({ kind: 'wait', until: START + 3 * SECOND });
  });
});

describe('rules that kill their worker', () => {
  it('are given up after five, in each round', async () => {
    const killed = new Error('the worker dies');
    // A rule that throws is caught; a worker that dies says nothing more.
    const { get } = w.worker.table;
    w.worker.table = {
      ...w.worker.table,
      get: (key) => (key.sk === 'lineage' ? Promise.reject(killed) : get(key)),
    };
    for (const reopen of [{}, { reopen: 1 }]) {
      const receives = 'reopen' in reopen ? 1 : 2;
      for (let crash = 1; crash <= 5; crash += 1) {
        await expect(go(reopen, receives)).rejects.toThrow('dies');
        w.later(5 * MINUTE);
      }
      expect(await go(reopen, receives)).toMatchObject({ outcome: 'failed' });
    }
    expect(deadLetters().map(([, reason]) => reason)).toEqual(['crashed', 'crashed']);
    w.worker.table = { ...w.worker.table, get };
    expect(await go({ reopen: 2 })).toMatchObject({ outcome: 'processed' });
  });
});
