import { beforeEach, describe, expect, it } from 'vitest';
import type { EventItem } from '../../../lambda/core/model/index.ts';
import { HOUR, MINUTE } from '../../../lambda/core/model/time.ts';
import { nextRound } from '../../../lambda/core/process/reopen.ts';
import { followUps, publish, type RuleDefinition, startRun } from '../../../lambda/rules/index.ts';
import {
  action,
  completion,
  deadLetters,
  event,
  failCall,
  loseAnswer,
  processEvent,
  setUp,
  world,
} from '../support/scenario.ts';
import { START } from '../support/system.ts';
import { startNext } from '../support/webhooks.ts';

beforeEach(() => setUp(startNext));

describe('failure', () => {
  it('goes to the dead-letter queue, then into the record', async () => {
    failCall('createRun', { status: 422 });
    const order: string[] = [];
    const { send } = world.worker.deadLetters;
    world.worker.deadLetters = {
      send: async (...args) => {
        order.push('dead letter');
        await send(...args);
      },
    };
    world.model.onPut = (item) => {
      if (item.sk === 'event') order.push((item as EventItem).state);
    };
    expect(await processEvent()).toEqual({ kind: 'acknowledge', outcome: 'failed' });
    expect(order).toEqual(['dead letter', 'failed']);
    expect(event()).toMatchObject({ state: 'failed', reason: 'refused', failure: 1, round: 0 });
    expect(deadLetters()).toEqual([[{ v: 1, event: 'event-1', reopen: 1 }, 'refused']]);
    expect(world.counted).toContain('FollowUpFailed');
  });

  it('is repeated by whoever finds the record missing', async () => {
    failCall('createRun', { status: 422 });
    world.worker.deadLetters = { send: () => Promise.reject(new Error('down')) };
    await expect(processEvent()).rejects.toThrow('down');
    expect(event().state).toBe('received');
    world.worker.deadLetters = {
      send: async (body, reason) => void world.deadLetters.send(body, START, reason),
    };
    expect(await processEvent()).toMatchObject({ outcome: 'failed' });
    expect(createRunCalls()).toHaveLength(1);
  });

  it('of one follow-up withholds no other', async () => {
    await setUp({
      name: 'r',
      actions: () => [startRun({ workflow_id: 'closed' }), publish(), startRun({ workflow_id: 'open' })],
    });
    world.cyberdesk.answers.createRun = ((body: string) =>
      body.includes('closed')
        ? { kind: 'failed', status: 400, mayHaveTakenEffect: false }
        : answered({ runIds: ['x'] })) as never;
    expect(await processEvent()).toMatchObject({ outcome: 'failed' });
    expect(world.announced).toHaveLength(1);
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
    await processEvent();
    expect(event()).toMatchObject({ reason: 'rule_threw' });

    await setUp(startNext);
    world.model.force({ pk: 'run#run-1', sk: 'lineage', v: 1, tag: 't', depth: 5, retried: [] } as never);
    await processEvent();
    expect(event()).toMatchObject({ reason: 'depth_exceeded' });

    await setUp(startNext);
    const { body: _body, ...rest } = event();
    world.model.force({ ...rest, body_pieces: 1 } as EventItem);
    await processEvent();
    expect(event()).toMatchObject({ reason: 'body_lost' });
  });
});

describe('redrive', () => {
  beforeEach(async () => {
    failCall('createRun', { status: 422 });
    await processEvent();
    world.later(HOUR);
    delete world.cyberdesk.answers.createRun;
  });

  it('plans a definite refusal afresh, under a new key', async () => {
    world.worker.rules = followUps({ ...startNext, actions: () => startRun({ workflow_id: 'repaired' }) });
    expect(await processEvent({ reopen: 1 })).toMatchObject({ outcome: 'processed' });
    const [first, second] = world.cyberdesk.named('createRun');
    expect(second?.args[0]).toBe('{"workflow_id":"repaired"}');
    expect(second?.args[1]).not.toBe(first?.args[1]);
    expect(event()).toMatchObject({ state: 'processed', round: 1 });
    expect(event()).not.toHaveProperty('reason');
  });

  it('names the failure that it reopens; a stray copy is over', async () => {
    expect(await processEvent({ reopen: 2 })).toMatchObject({ outcome: 'finished_before' });
    failCall('createRun', { status: 422 });
    expect(await processEvent({ reopen: 1 })).toMatchObject({ outcome: 'failed' });
    expect(event()).toMatchObject({ failure: 2, round: 1 });
    expect(await processEvent({ reopen: 1 })).toMatchObject({ outcome: 'finished_before' });
    expect(deadLetters().at(-1)).toEqual([{ v: 1, event: 'event-1', reopen: 2 }, 'refused']);
    expect(await processEvent()).toMatchObject({ outcome: 'finished_before' });
  });

  it('opens the event again: listed as open, without an expiry', async () => {
    world.cyberdesk.answers.createRun = () =>
      ({ kind: 'failed', status: 503, mayHaveTakenEffect: false }) as never;
    expect(await processEvent({ reopen: 1 })).toMatchObject({ kind: 'wait' });
    expect(event()).toMatchObject({ state: 'received', open: '1', round: 1 });
    for (const gone of ['ttl', 'finished_at', 'reason']) expect(event()).not.toHaveProperty(gone);
    expect(completion()).not.toHaveProperty('ttl');
    expect(await processEvent({ reopen: 1 })).toMatchObject({ kind: 'wait' });
  });

  it('goes on counting where an expired event was delivered anew', async () => {
    failCall('createRun', { status: 422 });
    world.model.force({ ...event(), state: 'received', failure: 0, round: 0, tag: 'new' });
    world.model.force({ ...completion(), round: 3, tag: 'x' });
    await processEvent();
    expect(event()).toMatchObject({ state: 'failed', failure: 4 });
    delete world.cyberdesk.answers.createRun;
    expect(await processEvent({ reopen: 4 })).toMatchObject({ outcome: 'processed' });
  });
});

describe('redrive of what may have taken effect', () => {
  /** Processes the message, whenever it comes back, until its event is finished. */
  async function untilFailed(reason: string): Promise<void> {
    for (let turns = 0; event().state === 'received' && turns < 200; turns += 1) {
      const verdict = await processEvent().catch(() => undefined);
      world.later(verdict?.kind === 'wait' ? verdict.until - world.system.time : MINUTE);
    }
    expect(event()).toMatchObject({ state: 'failed', reason });
    expect(action().begun).toBeDefined();
  }

  const endings: Record<string, () => Promise<void>> = {
    async outcome_unknown() {
      await loseAnswer();
      failCall('createRun', { status: 422 });
    },
    async exhausted() {
      failCall('createRun', { status: 503, mayHaveTakenEffect: true });
    },
    async crashed() {
      await loseAnswer();
      world.cyberdesk.answers.findRuns = () => {
        throw new Error('killed');
      };
    },
  };

  it.each(Object.keys(endings))('looks up first and keeps key and bytes: %s', async (reason) => {
    await endings[reason]?.();
    await untilFailed(reason);
    world.later(HOUR);
    world.cyberdesk.answers = {};
    world.worker.rules = followUps({ ...startNext, actions: () => startRun({ workflow_id: 'repaired' }) });
    const before = world.cyberdesk.calls.length;

    expect(await processEvent({ reopen: 1 })).toMatchObject({ outcome: 'processed' });

    expect(world.cyberdesk.calls.slice(before).map(({ name }) => name)).toEqual(['findRuns', 'createRun']);
    const sent = world.cyberdesk.named('createRun').map(({ args }) => args.slice(0, 2));
    expect(sent.at(-1)).toEqual(sent[0]);
    expect(event()).toMatchObject({ state: 'processed', round: 1 });
  });

  it('keeps it although today’s rules throw', async () => {
    await endings.outcome_unknown?.();
    await untilFailed('outcome_unknown');
    const [key, body] = [action().key, action().body];
    world.worker.rules = followUps({
      ...startNext,
      actions: () => {
        throw new Error('payload');
      },
    });
    expect(await processEvent({ reopen: 1 })).toMatchObject({ outcome: 'failed' });
    expect(event()).toMatchObject({ reason: 'rule_threw' });
    expect(action()).toMatchObject({ key, body, begun: {} });
  });
});

describe('replan', () => {
  beforeEach(() => processEvent());

  it('adds only what has no record', async () => {
    const more: RuleDefinition = { name: 'more', actions: () => startRun({ workflow_id: 'more' }) };
    world.worker.rules = followUps(startNext, more);
    expect(await processEvent({ reopen: nextRound(event()) })).toMatchObject({ outcome: 'processed' });
    expect(world.cyberdesk.named('createRun').map(({ args }) => (args[0] as string).slice(0, 30))).toEqual([
      '{"workflow_id":"workflow-next"',
      '{"workflow_id":"more"}',
    ]);
    expect(completion()).toMatchObject({ round: 1, done: true });
  });

  it('is done once, and a plain replay changes nothing', async () => {
    const message = { reopen: nextRound(event()) };
    expect(await processEvent()).toMatchObject({ outcome: 'finished_before' });
    expect(await processEvent(message)).toMatchObject({ outcome: 'processed' });
    expect(await processEvent(message)).toMatchObject({ outcome: 'finished_before' });
    expect(createRunCalls()).toHaveLength(1);
  });

  it('does not touch a copy', async () => {
    world.model.force({ ...event(), duplicate_of: 'other' });
    expect(await processEvent({ reopen: nextRound(event()) })).toMatchObject({ outcome: 'finished_before' });
  });
});
