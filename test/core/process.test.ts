import { beforeEach, describe, expect, it } from 'vitest';
import type { CompletionItem, EventItem, PauseItem } from '../../lambda/core/items.ts';
import { PAUSE_KEY } from '../../lambda/core/items.ts';
import { processMessage } from '../../lambda/core/process.ts';
import { receive } from '../../lambda/core/receive.ts';
import { nextRound } from '../../lambda/core/reopen.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../lambda/core/timing.ts';
import { followUps, notify, publish, type RuleDefinition, startRun } from '../../lambda/rules/index.ts';
import { runComplete, START, startNext, world } from './kit.ts';

const END = START - 2000 + 123;
const COMPLETION = { pk: 'run#run-1', sk: `completion#${END}` };
let w: ReturnType<typeof world>;

const setUp = async (...rules: RuleDefinition[]) => {
  w = world(...rules);
  await receive(w.ports, { svixId: 'msg_1', body: runComplete() }, 90);
};
const go = (message: object = {}, receives = 1) =>
  processMessage(w.worker, { body: JSON.stringify({ v: 1, event: 'event-1', ...message }), receives });
const event = (id = 'event-1') => w.model.get({ pk: `event#${id}`, sk: 'event' }) as EventItem;
const completion = () => w.model.get(COMPLETION) as CompletionItem;
const deadLetters = () =>
  [...w.deadLetters.messages.values()].map(({ body, reason }) => [JSON.parse(body), reason]);
const refuse = (status = 422) => {
  w.cyberdesk.answers.createRun = () => ({ ok: false, status, mayHaveTakenEffect: false }) as never;
};

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
    w.model.force({ ...COMPLETION, v: 2, tag: 'x' } as never);
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
  it('is claimed and planned in one write, then begun, then done in one', async () => {
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
    expect(writes).toEqual(['planned', 'begun', 'lineage', 'done', 'event']);
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

  it('is left to another worker after some lost races', async () => {
    const put = w.worker.table.put;
    w.chance.dice = 0.5;
    w.worker.table = {
      ...w.worker.table,
      put: async (item, expected) => (item.sk.startsWith('completion') ? { ok: false } : put(item, expected)),
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

describe('failure', () => {
  it('goes to the dead-letter queue, then into the record', async () => {
    refuse();
    const order: string[] = [];
    const { send } = w.worker.deadLetters;
    w.worker.deadLetters = {
      send: async (...args) => {
        order.push('dead letter');
        await send(...args);
      },
    };
    w.model.onPut = (item) => {
      if (item.sk === 'event') order.push((item as EventItem).state);
    };
    expect(await go()).toEqual({ kind: 'acknowledge', outcome: 'failed' });
    expect(order).toEqual(['dead letter', 'failed']);
    expect(event()).toMatchObject({ state: 'failed', reason: 'refused', failure: 1, round: 0 });
    expect(deadLetters()).toEqual([[{ v: 1, event: 'event-1', reopen: 1 }, 'refused']]);
    expect(w.counted).toContain('FollowUpFailed');
  });

  it('is repeated by whoever finds the record missing', async () => {
    refuse();
    w.worker.deadLetters = { send: () => Promise.reject(new Error('down')) };
    await expect(go()).rejects.toThrow('down');
    expect(event().state).toBe('received');
    w.worker.deadLetters = { send: async (body, reason) => void w.deadLetters.send(body, START, reason) };
    expect(await go()).toMatchObject({ outcome: 'failed' });
    expect(w.cyberdesk.named('createRun')).toHaveLength(1);
  });

  it('of one follow-up withholds no other', async () => {
    await setUp({
      name: 'r',
      actions: () => [startRun({ workflow_id: 'closed' }), publish(), startRun({ workflow_id: 'open' })],
    });
    w.cyberdesk.answers.createRun = ((body: string) =>
      body.includes('closed')
        ? { ok: false, status: 400, mayHaveTakenEffect: false }
        : { ok: true, value: { runIds: ['x'] } }) as never;
    expect(await go()).toMatchObject({ outcome: 'failed' });
    expect(w.announced).toHaveLength(1);
    expect(completion().actions?.map(({ result, failure }) => result?.run_ids ?? failure)).toEqual([
      { reason: 'refused', status: 400 },
      [],
      ['x'],
    ]);
  });

  it('of the rules, the depth or the body has a reason', async () => {
    await setUp({
      name: 'r',
      actions: () => {
        throw new Error('payload');
      },
    });
    await go();
    expect(event()).toMatchObject({ reason: 'rule_threw' });

    await setUp(startNext);
    w.model.force({ pk: 'run#run-1', sk: 'lineage', v: 1, tag: 't', depth: 5, retried: [] } as never);
    await go();
    expect(event()).toMatchObject({ reason: 'depth_exceeded' });

    await setUp(startNext);
    const { body: _body, ...rest } = event();
    w.model.force({ ...rest, body_pieces: 1 } as EventItem);
    await go();
    expect(event()).toMatchObject({ reason: 'body_lost' });
  });
});

describe('redrive', () => {
  beforeEach(async () => {
    refuse();
    await go();
    w.later(HOUR);
    delete w.cyberdesk.answers.createRun;
  });

  it('plans a definite refusal afresh, under a new key', async () => {
    w.worker.rules = followUps({ ...startNext, actions: () => startRun({ workflow_id: 'repaired' }) });
    expect(await go({ reopen: 1 })).toMatchObject({ outcome: 'processed' });
    const [first, second] = w.cyberdesk.named('createRun');
    expect(second?.args[0]).toBe('{"workflow_id":"repaired"}');
    expect(second?.args[1]).not.toBe(first?.args[1]);
    expect(event()).toMatchObject({ state: 'processed', round: 1 });
    expect(event()).not.toHaveProperty('reason');
  });

  it('names the failure that it reopens; a stray copy is over', async () => {
    expect(await go({ reopen: 2 })).toMatchObject({ outcome: 'finished_before' });
    refuse();
    expect(await go({ reopen: 1 })).toMatchObject({ outcome: 'failed' });
    expect(event()).toMatchObject({ failure: 2, round: 1 });
    expect(await go({ reopen: 1 })).toMatchObject({ outcome: 'finished_before' });
    expect(deadLetters().at(-1)).toEqual([{ v: 1, event: 'event-1', reopen: 2 }, 'refused']);
    expect(await go()).toMatchObject({ outcome: 'finished_before' });
  });

  it('opens the event again: listed as open, without an expiry', async () => {
    w.cyberdesk.answers.createRun = () => ({ ok: false, status: 503, mayHaveTakenEffect: false }) as never;
    expect(await go({ reopen: 1 })).toMatchObject({ kind: 'wait' });
    expect(event()).toMatchObject({ state: 'received', open: '1', round: 1 });
    for (const gone of ['ttl', 'finished_at', 'reason']) expect(event()).not.toHaveProperty(gone);
    expect(completion()).not.toHaveProperty('ttl');
    expect(await go({ reopen: 1 })).toMatchObject({ kind: 'wait' });
  });

  it('goes on counting where an expired event was delivered anew', async () => {
    refuse();
    w.model.force({ ...event(), state: 'received', failure: 0, round: 0, tag: 'new' });
    w.model.force({ ...completion(), round: 3, tag: 'x' });
    await go();
    expect(event()).toMatchObject({ state: 'failed', failure: 4 });
    delete w.cyberdesk.answers.createRun;
    expect(await go({ reopen: 4 })).toMatchObject({ outcome: 'processed' });
  });
});

describe('replan', () => {
  beforeEach(() => go());

  it('adds only what has no record', async () => {
    const more: RuleDefinition = { name: 'more', actions: () => startRun({ workflow_id: 'more' }) };
    w.worker.rules = followUps(startNext, more);
    expect(await go({ reopen: nextRound(event()) })).toMatchObject({ outcome: 'processed' });
    expect(w.cyberdesk.named('createRun').map(({ args }) => (args[0] as string).slice(0, 30))).toEqual([
      '{"workflow_id":"workflow-next"',
      '{"workflow_id":"more"}',
    ]);
    expect(completion()).toMatchObject({ round: 1, done: true });
  });

  it('is done once, and a plain replay changes nothing', async () => {
    const message = { reopen: nextRound(event()) };
    expect(await go()).toMatchObject({ outcome: 'finished_before' });
    expect(await go(message)).toMatchObject({ outcome: 'processed' });
    expect(await go(message)).toMatchObject({ outcome: 'finished_before' });
    expect(w.cyberdesk.named('createRun')).toHaveLength(1);
  });

  it('does not touch a copy', async () => {
    w.model.force({ ...event(), duplicate_of: 'other' });
    expect(await go({ reopen: nextRound(event()) })).toMatchObject({ outcome: 'finished_before' });
  });
});

describe('a pause', () => {
  const pause = () => w.model.get(PAUSE_KEY) as PauseItem;

  it('begins with the first throttled call, charges nobody, and is kept without a write', async () => {
    w.cyberdesk.answers.createRun = () =>
      ({ ok: false, status: 429, retryAfterMs: 90_000, mayHaveTakenEffect: false }) as never;
    expect(await go()).toEqual({ kind: 'wait', until: START + 90 * SECOND });
    expect(pause()).toMatchObject({ until: START + 90 * SECOND });
    expect(completion().actions?.[0]).toMatchObject({ tries: 0, delayed: 0 });
    expect(w.counted).toContain('CyberdeskPaused');
    await receive(
      w.ports,
      { svixId: 'msg_2', body: runComplete({ id: 'run-2' }, { event_id: 'event-2' }) },
      90,
    );
    const before = w.model.items.size;
    w.later(SECOND);
    expect(await go({ event: 'event-2' })).toEqual({ kind: 'wait', until: START + 90 * SECOND });
    expect(w.model.items.size).toBe(before);
  });

  it('does not hold up announcements', async () => {
    await setUp({ name: 'r', actions: () => [publish(), startRun({ workflow_id: 'w' }), notify()] });
    w.model.force({ ...PAUSE_KEY, v: 1, tag: 't', until: START + MINUTE, streak: 1 } as never);
    expect(await go()).toEqual({ kind: 'wait', until: START + MINUTE });
    expect(w.announced).toHaveLength(2);
    expect(w.cyberdesk.calls).toEqual([]);
  });
});
