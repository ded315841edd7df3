import { beforeEach, describe, expect, it } from 'vitest';
import type { EventItem } from '../../../lambda/core/model/index.ts';
import { HOUR, MINUTE } from '../../../lambda/core/model/time.ts';
import { nextRound } from '../../../lambda/core/process/reopen.ts';
import { followUps, publish, type RuleDefinition, startRun } from '../../../lambda/rules/index.ts';
import { action, completion, deadLetters, event, fails, go, lose, setUp, w } from '../drive.ts';
import { START, startNext } from '../kit.ts';

beforeEach(() => setUp(startNext));

describe('failure', () => {
  it('goes to the dead-letter queue, then into the record', async () => {
    fails('createRun', { status: 422 });
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
    fails('createRun', { status: 422 });
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
        ? { kind: 'failed', status: 400, mayHaveTakenEffect: false }
        : { kind: 'answered', value: { runIds: ['x'] } }) as never;
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
    fails('createRun', { status: 422 });
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
    fails('createRun', { status: 422 });
    expect(await go({ reopen: 1 })).toMatchObject({ outcome: 'failed' });
    expect(event()).toMatchObject({ failure: 2, round: 1 });
    expect(await go({ reopen: 1 })).toMatchObject({ outcome: 'finished_before' });
    expect(deadLetters().at(-1)).toEqual([{ v: 1, event: 'event-1', reopen: 2 }, 'refused']);
    expect(await go()).toMatchObject({ outcome: 'finished_before' });
  });

  it('opens the event again: listed as open, without an expiry', async () => {
    w.cyberdesk.answers.createRun = () =>
      ({ kind: 'failed', status: 503, mayHaveTakenEffect: false }) as never;
    expect(await go({ reopen: 1 })).toMatchObject({ kind: 'wait' });
    expect(event()).toMatchObject({ state: 'received', open: '1', round: 1 });
    for (const gone of ['ttl', 'finished_at', 'reason']) expect(event()).not.toHaveProperty(gone);
    expect(completion()).not.toHaveProperty('ttl');
    expect(await go({ reopen: 1 })).toMatchObject({ kind: 'wait' });
  });

  it('goes on counting where an expired event was delivered anew', async () => {
    fails('createRun', { status: 422 });
    w.model.force({ ...event(), state: 'received', failure: 0, round: 0, tag: 'new' });
    w.model.force({ ...completion(), round: 3, tag: 'x' });
    await go();
    expect(event()).toMatchObject({ state: 'failed', failure: 4 });
    delete w.cyberdesk.answers.createRun;
    expect(await go({ reopen: 4 })).toMatchObject({ outcome: 'processed' });
  });
});

describe('redrive of what may have taken effect', () => {
  /** Processes the message, whenever it comes back, until its event is finished. */
  async function untilFailed(reason: string): Promise<void> {
    for (let turns = 0; event().state === 'received' && turns < 200; turns += 1) {
      const verdict = await go().catch(() => undefined);
      w.later(verdict?.kind === 'wait' ? verdict.until - w.system.time : MINUTE);
    }
    expect(event()).toMatchObject({ state: 'failed', reason });
    expect(action().begun).toBeDefined();
  }

  const endings: Record<string, () => Promise<void>> = {
    async outcome_unknown() {
      await lose();
      fails('createRun', { status: 422 });
    },
    async exhausted() {
      fails('createRun', { status: 503, mayHaveTakenEffect: true });
    },
    async crashed() {
      await lose();
      w.cyberdesk.answers.findRuns = () => {
        throw new Error('killed');
      };
    },
  };

  it.each(Object.keys(endings))('looks up first and keeps key and bytes: %s', async (reason) => {
    await endings[reason]?.();
    await untilFailed(reason);
    w.later(HOUR);
    w.cyberdesk.answers = {};
    w.worker.rules = followUps({ ...startNext, actions: () => startRun({ workflow_id: 'repaired' }) });
    const before = w.cyberdesk.calls.length;

    expect(await go({ reopen: 1 })).toMatchObject({ outcome: 'processed' });

    expect(w.cyberdesk.calls.slice(before).map(({ name }) => name)).toEqual(['findRuns', 'createRun']);
    const sent = w.cyberdesk.named('createRun').map(({ args }) => args.slice(0, 2));
    expect(sent.at(-1)).toEqual(sent[0]);
    expect(event()).toMatchObject({ state: 'processed', round: 1 });
  });

  it('keeps it although today’s rules throw', async () => {
    await endings.outcome_unknown?.();
    await untilFailed('outcome_unknown');
    const [key, body] = [action().key, action().body];
    w.worker.rules = followUps({
      ...startNext,
      actions: () => {
        throw new Error('payload');
      },
    });
    expect(await go({ reopen: 1 })).toMatchObject({ outcome: 'failed' });
    expect(event()).toMatchObject({ reason: 'rule_threw' });
    expect(action()).toMatchObject({ key, body, begun: {} });
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
