import { beforeEach, describe, expect, it } from 'vitest';
import type { CompletionItem } from '../../../../lambda/core/model/index.ts';
import { DAY, MINUTE, SECOND } from '../../../../lambda/core/model/time.ts';
import { eraseEvent, settle } from '../../../../lambda/core/process/index.ts';
import { LostRaceError } from '../../../../lambda/core/store/index.ts';
import { retryRun, startChain, startRun } from '../../../../lambda/rules/index.ts';
import { callFailure, runSnapshot } from '../../support/cyberdesk.ts';
import { lineageItem } from '../../support/items.ts';
import { iso } from '../../support/look-up.ts';
import {
  action,
  completion,
  event,
  failCall,
  lineage,
  processEvent,
  receiveWebhook,
  setUp,
  world,
} from '../../support/scenario.ts';
import { START } from '../../support/system.ts';
import { createdRun, END, runComplete, startNext } from '../../support/webhooks.ts';
import { decide, failUnknown, liveLease, ports, processToTheEnd, reopenings } from './support.ts';

beforeEach(() => setUp(startNext));

const change = (more: Partial<CompletionItem>) => world.model.force({ ...completion(), ...more });
const skip = { kind: 'skip' } as const;

/** Nothing was decided. */
async function expectRefusal(decision: ReturnType<typeof decide>, refusal: object): Promise<void> {
  const before = completion();
  expect(await decision).toEqual({ kind: 'refused', refusal });
  expect(completion()).toEqual(before);
  expect(reopenings()).toEqual([]);
}

it('nothing is decided while a worker has the completion', async () => {
  await failUnknown();
  const lease = liveLease();
  change({ lease });

  await expectRefusal(decide(skip), { kind: 'in_progress', until: lease.until });

  world.later(lease.until - world.system.time);
  expect(await decide(skip)).toMatchObject({ kind: 'settled' });
});

it('nothing is decided about an event that a worker has begun anew', async () => {
  await failUnknown();
  const failed = event();
  change({ round: 1 });

  await expectRefusal(settle(ports(), failed, { position: 0, choice: skip, by: 'ada' }), {
    kind: 'in_progress',
  });
});

it('a decision is lost, and not written, when the completion changes meanwhile', async () => {
  await failUnknown();
  world.cyberdesk.answers.getRun = () => {
    change({ tag: 'worker', crashes: 3 });
    return { kind: 'answered', value: createdRun('theirs') };
  };

  await expect(decide({ kind: 'run', runId: 'theirs' })).rejects.toThrow(LostRaceError);

  expect(completion()).toMatchObject({ tag: 'worker', crashes: 3 });
  expect(action().failure).toMatchObject({ reason: 'outcome_unknown' });
  expect(reopenings()).toEqual([]);
});

it('nothing is decided about an event that is unfinished, or processed', async () => {
  await expect(decide(skip)).resolves.toMatchObject({ refusal: { kind: 'not_failed', state: 'received' } });
  await processEvent();
  await expectRefusal(decide(skip), { kind: 'not_failed', state: 'processed' });
});

it('nothing is decided about an action that has failed for a known reason', async () => {
  failCall('createRun', { status: 422 });
  await processEvent();

  await expectRefusal(decide(skip), { kind: 'not_unknown', reason: 'refused' });
});

it('nothing is decided about an action that has its result, or that does not exist', async () => {
  await setUp(startNext, { name: 'b', actions: () => startRun({ workflow_id: 'b' }) });
  let calls = 0;
  world.cyberdesk.answers.createRun = () => {
    calls += 1;
    return calls === 1
      ? { kind: 'answered', value: { runIds: ['first'] } }
      : callFailure({ status: 409, mayHaveTakenEffect: true });
  };
  await processToTheEnd();
  expect(event()).toMatchObject({ state: 'failed', reason: 'outcome_unknown' });

  await expectRefusal(decide(skip, 0), { kind: 'not_unknown' });
  await expectRefusal(decide(skip, 2), { kind: 'no_such_action', actions: 2 });
  expect(await decide(skip, 1)).toMatchObject({ kind: 'settled' });
});

it('a copy of an event is not settled, its owner is', async () => {
  await failUnknown();
  await receiveWebhook(runComplete({}, { event_id: 'event-2' }), 'msg_2');
  expect(await processEvent({ event: 'event-2' })).toMatchObject({ outcome: 'duplicate' });

  const wish = { position: 0, choice: skip, by: 'ada' };
  await expectRefusal(settle(ports(), event('event-2'), wish), { kind: 'copy', owner: 'event-1' });
});

it('another decision is not taken once one is recorded', async () => {
  await failUnknown();
  await decide({ kind: 'start_again' });

  expect(await decide(skip)).toMatchObject({
    refusal: { kind: 'decided_before', decision: { kind: 'start_again', by: 'ada' } },
  });
  expect(action().result).toBeUndefined();
});

it('the last decision about several unknown actions reopens their event', async () => {
  await setUp(startNext, { name: 'b', actions: () => startRun({ workflow_id: 'b' }) });
  failCall('createRun', { status: 409, mayHaveTakenEffect: true });
  await processToTheEnd();

  expect(await decide(skip, 1)).toMatchObject({ undecided: [0] });
  expect(reopenings()).toEqual([]);
  expect(await decide(skip, 0)).toMatchObject({ undecided: [] });
  expect(reopenings()).toEqual([{ v: 1, event: 'event-1', reopen: 1 }]);
});

it.each([
  ['that Cyberdesk does not have', [], { kind: 'no_such_run' }],
  [
    'of another workflow',
    [runSnapshot({ id: 'theirs', workflow_id: 'workflow-other' })],
    { kind: 'other_workflow' },
  ],
])('a run %s is refused', async (_, runs, refusal) => {
  await failUnknown();
  world.cyberdesk.runs.push(...runs);

  await expectRefusal(decide({ kind: 'run', runId: 'theirs' }), refusal);
  expect(lineage('theirs')).toBeUndefined();
});

describe('a rule that starts the workflow of the run that has ended', () => {
  beforeEach(() => setUp({ name: 'again', actions: () => startRun({ workflow_id: 'workflow-first' }) }));

  it.each([
    ['the run that the event reports', 'run-1'],
    ['a run that has led to it', 'run-0'],
  ])('%s is refused, as it would be its own ancestor', async (_, runId) => {
    await failUnknown();
    world.cyberdesk.runs.push(runSnapshot({ id: runId, workflow_id: 'workflow-first' }));
    world.model.force(
      lineageItem('run-1', { action: 'earlier', parent: 'run#run-0 completion#1', depth: 1 }),
    );

    await expectRefusal(decide({ kind: 'run', runId }), { kind: 'led_here' });
    expect(lineage('run-0')).toBeUndefined();
  });

  it('a run is refused that was created before the event’s own run ended', async () => {
    await failUnknown();
    const created = (at: number) =>
      runSnapshot({ id: 'early', workflow_id: 'workflow-first', created_at: iso(at) });
    world.cyberdesk.runs = [created(END - MINUTE - 1)];

    await expectRefusal(decide({ kind: 'run', runId: 'early' }), { kind: 'too_early' });

    world.cyberdesk.runs = [created(END - MINUTE)];
    expect(await decide({ kind: 'run', runId: 'early' })).toMatchObject({ kind: 'settled' });
  });
});

it('a run that belongs to another action is refused', async () => {
  await failUnknown();
  world.cyberdesk.runs.push(createdRun('theirs'));
  world.model.force(lineageItem('theirs', { action: 'another' }));

  await expectRefusal(decide({ kind: 'run', runId: 'theirs' }), { kind: 'run_taken' });
  expect(lineage('theirs')).toMatchObject({ action: 'another' });
});

it('nothing is decided by a run about which Cyberdesk does not answer', async () => {
  await failUnknown();
  failCall('getRun', { status: 503 });

  await expect(decide({ kind: 'run', runId: 'theirs' })).resolves.toMatchObject({
    refusal: { kind: 'unanswered', failure: { status: 503 } },
  });
  expect(action().failure).toBeDefined();
});

it('a retry whose outcome is unknown is settled by the run of its event only', async () => {
  await setUp({ name: 'r', actions: () => retryRun({ max: 1, otherwise: [] }) });
  failCall('retryRun', { status: 409, mayHaveTakenEffect: true });
  world.cyberdesk.answers.getRun = (id) => ({
    kind: 'answered',
    value: runSnapshot({ id, status: 'success', ended_at: '2026-11-25T09:59:58.123Z' }),
  });
  await processToTheEnd();
  expect(event()).toMatchObject({ state: 'failed', reason: 'outcome_unknown' });

  await expectRefusal(decide({ kind: 'run', runId: 'theirs' }), { kind: 'other_run' });
  expect(await decide({ kind: 'run', runId: 'run-1' })).toMatchObject({ runIds: ['run-1'] });
});

it('a chain is settled by all runs of the session that were created with the one that is named', async () => {
  const steps = [{ workflow_id: 'a' }, { workflow_id: 'b' }];
  await setUp({ name: 'c', actions: () => startChain({ steps }) });
  failCall('createChain', { status: 409, mayHaveTakenEffect: true });
  await processToTheEnd();
  const run = (id: string, workflow_id: string, second: number) =>
    runSnapshot({ id, workflow_id, session_id: 's', created_at: iso(START + second * SECOND) });
  world.cyberdesk.runs.push(run('a-0', 'a', 1), run('b-0', 'b', 1), run('a-1', 'a', 3), run('b-1', 'b', 3));
  world.cyberdesk.runs.push({ ...run('alone', 'a', 9), session_id: null });

  await expectRefusal(decide({ kind: 'run', runId: 'alone' }), { kind: 'incomplete' });
  await expectRefusal(decide({ kind: 'run', runId: 'b-1' }), { kind: 'other_workflow' });
  world.model.force(lineageItem('b-1', { action: 'another' }));
  await expectRefusal(decide({ kind: 'run', runId: 'a-1' }), { kind: 'incomplete' });
  expect(lineage('a-1')).toBeUndefined();
  world.model.remove({ pk: 'run#b-1', sk: 'lineage' });
  const recently = world.system.time - 114 * SECOND;
  change({ actions: [{ ...action(), begun: { first: START, last: recently } }] });
  // A run of others may stand where one of the chain's is not listed yet.
  await expectRefusal(decide({ kind: 'run', runId: 'a-1' }), {
    kind: 'not_listed_yet',
    until: recently + 115 * SECOND,
  });
  world.later(SECOND);

  expect(await decide({ kind: 'run', runId: 'a-1' })).toMatchObject({ runIds: ['a-1', 'b-1'] });
});

describe('giving up what a redrive would try again', () => {
  /** Cyberdesk fails every call until their time is used up. */
  const exhaust = async () => {
    await setUp(startNext, { name: 'b', actions: () => startRun({ workflow_id: 'b' }) });
    failCall('createRun', { status: 500 });
    await processToTheEnd();
    expect(event()).toMatchObject({ state: 'failed', reason: 'exhausted' });
  };

  it('actions whose time is used up can be skipped, and the event is reopened with the last of them', async () => {
    await exhaust();

    expect(await decide(skip, 0)).toMatchObject({ kind: 'settled', undecided: [1] });
    expect(reopenings()).toEqual([]);
    expect(await decide(skip, 1)).toMatchObject({ kind: 'settled', undecided: [] });
    expect(reopenings()).toHaveLength(1);

    const { length } = world.cyberdesk.calls;
    await processEvent({ reopen: 1 });
    expect(event()).toMatchObject({ state: 'processed' });
    expect(world.cyberdesk.calls).toHaveLength(length);
  });

  it.each([{ kind: 'start_again' } as const, { kind: 'run', runId: 'theirs' } as const])(
    'an action whose time is used up cannot be settled by $kind',
    async (choice) => {
      await exhaust();
      await expectRefusal(decide(choice), { kind: 'not_unknown', reason: 'exhausted' });
    },
  );

  it('skipping an unknown outcome reopens the event, whose other failed actions are then tried again', async () => {
    await setUp(startNext, { name: 'b', actions: () => startRun({ workflow_id: 'b' }) });
    await failUnknown();
    const [unknown, other] = completion().actions ?? [];
    if (!unknown || !other) throw new Error('there are no two actions');
    const { result: _done, ...open } = other;
    change({ actions: [unknown, { ...open, failure: { reason: 'exhausted' } }] });

    for (const messages of [1, 2]) {
      expect(await decide(skip, 0)).toMatchObject({ kind: 'settled', undecided: [] });
      expect(reopenings()).toHaveLength(messages);
    }
  });

  it('an action that is to be started again does not keep the event from being reopened', async () => {
    await setUp(startNext, { name: 'b', actions: () => startRun({ workflow_id: 'b' }) });
    await failUnknown();
    await decide({ kind: 'start_again' }, 0);

    expect(await decide(skip, 1)).toMatchObject({ kind: 'settled', undecided: [] });
  });

  it('an event whose actions were given up can be erased', async () => {
    await exhaust();
    const erase = () => eraseEvent({ ...world.ports, completionRetention: 180 * DAY }, event(), () => false);

    expect(await erase()).toEqual({ kind: 'refused', refusal: 'undecided' });
    for (const position of [0, 1]) await decide(skip, position);

    expect(await erase()).toMatchObject({ kind: 'erased' });
    expect(action().body).toBeUndefined();
  });
});
