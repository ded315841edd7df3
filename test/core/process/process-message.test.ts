import { beforeEach, describe, expect, it } from 'vitest';
import type { CompletionItem } from '../../../lambda/core/model/index.ts';
import { DAY, MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import { processMessage } from '../../../lambda/core/process/process-message.ts';
import { receive } from '../../../lambda/core/receive/receive.ts';
import {
  COMPLETION,
  completion,
  deadLetters,
  event,
  processEvent,
  setUp,
  world,
} from '../support/scenario.ts';
import { START } from '../support/system.ts';
import { runComplete, startNext } from '../support/webhooks.ts';

beforeEach(() => setUp(startNext));

describe('a message', () => {
  it('that is garbage goes to the dead-letter queue as it is', async () => {
    expect(await processMessage(world.worker, { body: 'garbage', receives: 1 })).toEqual({
      kind: 'acknowledge',
      outcome: 'dead_lettered',
    });
    expect([...world.deadLetters.messages.values()]).toMatchObject([{ body: 'garbage', reason: 'garbage' }]);
  });

  it('of a later release waits, and so do items of one', async () => {
    const wait = { kind: 'wait', until: START + 15 * MINUTE };
    expect(await processEvent({ v: 2 })).toEqual(wait);
    world.model.force({ ...event(), v: 2 });
    expect(await processEvent()).toEqual(wait);
    world.model.force({ ...event(), v: 1 });
    world.model.force({ ...COMPLETION, v: 2, tag: 'x' } as never);
    expect(await processEvent()).toEqual(wait);
    world.model.items.delete(`${COMPLETION.pk}\n${COMPLETION.sk}`);
    world.model.force({ pk: 'run#run-1', sk: 'lineage', v: 2, tag: 'x' } as never);
    expect(await processEvent()).toEqual(wait);
    expect(await processEvent({}, 2)).toEqual(wait);
    expect(completion()).toMatchObject({ crashes: 0, not_before: wait.until });
    expect(completion()).not.toHaveProperty('lease');
    expect(deadLetters()).toEqual([]);
  });

  it('without an event goes to the dead-letter queue', async () => {
    expect(await processEvent({ event: 'gone' })).toMatchObject({ outcome: 'dead_lettered' });
    expect(deadLetters()).toEqual([[{ v: 1, event: 'gone' }, 'event_missing']]);
  });

  it('waits when its batch has used up the time, and writes nothing', async () => {
    world.worker.deadline = START + 10 * SECOND - 1;
    const before = world.model.items.size;
    const verdict = await processEvent();
    expect(verdict).toEqual({ kind: 'wait', until: START + SECOND });
    expect(world.model.items.size).toBe(before);
    world.worker.deadline = START + 10 * SECOND;
    expect(await processEvent()).toMatchObject({ kind: 'acknowledge' });
  });

  it.each(['processed', 'ignored', 'unprocessable', 'failed'] as const)(
    'of a %s event is over',
    async (state) => {
      world.model.force({ ...event(), state });
      expect(await processEvent()).toEqual({ kind: 'acknowledge', outcome: 'finished_before' });
      expect(world.cyberdesk.calls).toEqual([]);
    },
  );
});

describe('a completion', () => {
  it('is claimed, planned and begun in one write, then done in one', async () => {
    const writes: string[] = [];
    world.model.onPut = (item) => {
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

  it('without anything to do takes one write', async () => {
    await setUp();
    const writes: string[] = [];
    world.model.onPut = ({ sk }) => writes.push(sk.split('#')[0] as string);
    expect(await processEvent()).toEqual({ kind: 'acknowledge', outcome: 'processed' });
    expect(writes).toEqual(['completion', 'event']);
  });

  it('is claimed before its rules are asked when the message has come before', async () => {
    const planned: boolean[] = [];
    await setUp({ name: 'r', actions: () => void planned.push(completion() !== undefined) as never });
    await processEvent({}, 2);
    expect(planned).toEqual([true]);
  });

  it('belongs to the first of two events; the other is a copy', async () => {
    await processEvent();
    await receive(world.ports, { svixId: 'msg_2', body: runComplete({}, { event_id: 'twin' }) }, 90);
    expect(await processEvent({ event: 'twin' })).toEqual({ kind: 'acknowledge', outcome: 'duplicate' });
    expect(event('twin')).toMatchObject({ state: 'processed', duplicate_of: 'event-1' });
    expect(createRunCalls()).toHaveLength(1);
  });

  it('of an in-place retry is a new one', async () => {
    await processEvent();
    const body = runComplete({ ended_at: '2026-11-25T12:00:00Z' }, { event_id: 'again' });
    await receive(world.ports, { svixId: 'msg_2', body }, 90);
    expect(await processEvent({ event: 'again' })).toMatchObject({ outcome: 'processed' });
    const [first, second] = world.cyberdesk.named('createRun');
    expect(second?.args[1]).not.toBe(first?.args[1]);
  });

  it('with a live lease is waited for, never acknowledged', async () => {
    world.cyberdesk.answers.createRun = () => {
      throw new Error('the worker dies');
    };
    await expect(processEvent()).rejects.toThrow('dies');
    expect(await processEvent()).toEqual({ kind: 'wait', until: START + 60 * SECOND });
    world.later(60 * SECOND);
    delete world.cyberdesk.answers.createRun;
    world.later(10 * MINUTE);
    expect(await processEvent()).toMatchObject({ outcome: 'processed' });
  });

  it('that is done is only recorded, when a worker died between the two writes', async () => {
    await processEvent();
    world.model.force({ ...event(), state: 'received', tag: 'x' });
    expect(await processEvent()).toEqual({ kind: 'acknowledge', outcome: 'processed' });
    expect(createRunCalls()).toHaveLength(1);
  });

  it('that kills its worker five times is given up', async () => {
    world.cyberdesk.answers.createRun = () => {
      throw new Error('the worker dies');
    };
    world.cyberdesk.answers.findRuns = () => {
      throw new Error('the worker dies');
    };
    for (let crash = 1; crash <= 5; crash += 1) {
      await expect(processEvent()).rejects.toThrow();
      world.later(5 * MINUTE);
    }
    expect(await processEvent()).toMatchObject({ outcome: 'failed' });
    expect(event()).toMatchObject({ state: 'failed', reason: 'crashed', failure: 1 });
    expect(deadLetters()).toEqual([[{ v: 1, event: 'event-1', reopen: 1 }, 'crashed']]);
  });

  it('whose call kills its worker each time is given up too, although it waits in good order in between', async () => {
    world.cyberdesk.answers.createRun = () => {
      throw new Error('the worker dies');
    };
    for (let turns = 0; event().state === 'received' && turns < 20; turns += 1) {
      const verdict = await processEvent().catch(() => undefined);
      world.later(verdict?.kind === 'wait' ? verdict.until - world.system.time : 5 * MINUTE);
    }
    expect(event()).toMatchObject({ state: 'failed', reason: 'crashed' });
    expect(createRunCalls()).toHaveLength(5);
  });

  it('is left to another worker after some lost races', async () => {
    const put = world.worker.table.put;
    world.system.randomNumber = 0.5;
    world.worker.table = {
      ...world.worker.table,
      put: async (item, expected) =>
        item.sk.startsWith('completion') ? { kind: 'conflict' } : put(item, expected),
    };
    expect(await processEvent()).toEqual({ kind: 'wait', until: START + 3 * SECOND });
  });
});

describe('rules that kill their worker', () => {
  it('are given up after five, in each round', async () => {
    const killed = new Error('the worker dies');
    // A rule that throws is caught; a worker that dies says nothing more.
    const { get } = world.worker.table;
    world.worker.table = {
      ...world.worker.table,
      get: (key) => (key.sk === 'lineage' ? Promise.reject(killed) : get(key)),
    };
    for (const reopen of [{}, { reopen: 1 }]) {
      const receives = 'reopen' in reopen ? 1 : 2;
      for (let crash = 1; crash <= 5; crash += 1) {
        await expect(processEvent(reopen, receives)).rejects.toThrow('dies');
        world.later(5 * MINUTE);
      }
      expect(await processEvent(reopen, receives)).toMatchObject({ outcome: 'failed' });
    }
    expect(deadLetters().map(([, reason]) => reason)).toEqual(['crashed', 'crashed']);
    world.worker.table = { ...world.worker.table, get };
    expect(await processEvent({ reopen: 2 })).toMatchObject({ outcome: 'processed' });
  });
});
