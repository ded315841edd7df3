import { beforeEach, describe, expect, it } from 'vitest';
import type { CompletionItem } from '../../../lambda/core/model/index.ts';
import { HOUR, SECOND } from '../../../lambda/core/model/time.ts';
import { retryRun, secret, startRun } from '../../../lambda/rules/index.ts';
import {
  action,
  createRunCalls,
  event,
  failCall,
  justBefore,
  lineage,
  loseAnswer,
  processEvent,
  setUp,
  setUpWith,
  world,
} from '../support/scenario.ts';
import { START } from '../support/system.ts';
import { createdRun, END, startNext } from '../support/webhooks.ts';

beforeEach(() => setUp(startNext));

describe('after an attempt without an answer', () => {
  it('the list is asked first, always', async () => {
    await loseAnswer();
    world.later(5 * SECOND);
    await processEvent();
    expect(world.cyberdesk.calls.map(({ name }) => name)).toEqual(['createRun', 'findRuns', 'createRun']);
    const [first, second] = world.cyberdesk.named('createRun');
    expect(second?.args.slice(0, 2)).toEqual(first?.args.slice(0, 2));
  });

  it('the key tells the truth while it is surely known, and the list does not', async () => {
    await loseAnswer();
    world.cyberdesk.runs = [createdRun('alike-1'), createdRun('alike-2')];
    world.later(45 * SECOND);
    expect(await processEvent()).toMatchObject({ outcome: 'processed' });
    expect(createRunCalls()).toHaveLength(2);
    expect(createRunCalls()[1]?.limit).toEqual({ until: START + 55 * SECOND });
    expect(action().result?.run_ids).toEqual(['started-1']);
  });

  it('nothing is sent between the end of the key’s life and a complete list', async () => {
    await loseAnswer();
    world.later(45 * SECOND + 1);
    const listedFrom = START + (40 + 70 + 5) * SECOND;
    expect(await processEvent()).toEqual({ kind: 'wait', until: listedFrom });
    expect(createRunCalls()).toHaveLength(1);
    expect(action()).toMatchObject({ tries: 1, begun: { first: START, last: START } });
    world.later(listedFrom - world.system.time);
    expect(await processEvent()).toMatchObject({ outcome: 'processed' });
    expect(createRunCalls()).toHaveLength(2);
  });

  it('one run in a complete list is adopted', async () => {
    await loseAnswer();
    world.cyberdesk.runs = [createdRun('found')];
    world.later(115 * SECOND);
    expect(await processEvent()).toMatchObject({ outcome: 'processed' });
    expect(createRunCalls()).toHaveLength(1);
    expect(action().result).toMatchObject({ run_ids: ['found'], adopted: true });
    expect(lineage('found')).toMatchObject({ adopted: true, depth: 1 });
    expect(world.counted).toContain('FollowUpAdopted');
  });

  it('several are for a person', async () => {
    await loseAnswer();
    world.cyberdesk.runs = [createdRun('a'), createdRun('b')];
    world.later(HOUR);
    await processEvent();
    expect(event()).toMatchObject({ state: 'failed', reason: 'outcome_unknown' });
    expect(createRunCalls()).toHaveLength(1);
  });

  it('so is an equal run that another action took by a look-up', async () => {
    await loseAnswer();
    world.cyberdesk.runs = [createdRun('a')];
    world.model.force({
      pk: 'run#a',
      sk: 'lineage',
      v: 1,
      tag: 't',
      action: 'other',
      adopted: true,
      depth: 1,
      retried: [],
    } as never);
    world.later(HOUR);
    await processEvent();
    expect(event()).toMatchObject({ reason: 'outcome_unknown' });
  });

  it('its own lineage is enough at any time', async () => {
    await loseAnswer();
    world.cyberdesk.runs = [createdRun('a'), createdRun('mine')];
    const [, key] = world.cyberdesk.named('createRun')[0]?.args ?? [];
    world.model.force({
      pk: 'run#mine',
      sk: 'lineage',
      v: 1,
      tag: 't',
      action: key,
      depth: 1,
      retried: [],
    } as never);
    world.later(60 * SECOND);
    expect(await processEvent()).toMatchObject({ outcome: 'processed' });
    expect(action().result?.run_ids).toEqual(['mine']);
    expect(createRunCalls()).toHaveLength(1);
  });

  it('an empty complete list makes the next attempt the first', async () => {
    await loseAnswer();
    world.later(HOUR);
    failCall('createRun', { status: 422 });
    await processEvent();
    expect(event()).toMatchObject({ reason: 'refused' });
  });

  it('a refusal within the key’s life says nothing', async () => {
    await loseAnswer();
    world.later(6 * SECOND);
    failCall('createRun', { status: 422 });
    await processEvent();
    expect(action().failure).toEqual({ reason: 'outcome_unknown', status: 422 });
    expect(event()).toMatchObject({ reason: 'outcome_unknown' });
  });

  it('the window grows with each attempt', async () => {
    await loseAnswer();
    world.later(6 * SECOND);
    await loseAnswer();
    expect(action().begun).toEqual({ first: START, last: START + 6 * SECOND });
  });

  it('a look-up without an answer is a try, and keeps the doubt', async () => {
    await loseAnswer();
    world.later(HOUR);
    failCall('findRuns', { status: 500 });
    expect(await processEvent()).toEqual({ kind: 'wait', until: START + HOUR + 10 * SECOND });
    expect(action()).toMatchObject({ tries: 2, begun: { first: START, last: START } });
    expect(createRunCalls()).toHaveLength(1);
  });

  it('a look-up that is refused is for a person', async () => {
    await loseAnswer();
    world.later(HOUR);
    failCall('findRuns', { status: 422 });
    await processEvent();
    expect(event()).toMatchObject({ reason: 'outcome_unknown' });
  });

  it('a run that turns out to be another action’s is for a person', async () => {
    world.cyberdesk.answers.createRun = () => answered({ runIds: ['x'] }) as never;
    world.model.force({
      pk: 'run#x',
      sk: 'lineage',
      v: 1,
      tag: 't',
      action: 'other',
      depth: 1,
      retried: [],
    } as never);
    await processEvent();
    expect(event()).toMatchObject({ reason: 'outcome_unknown' });
    expect(lineage('x')).toMatchObject({ action: 'other' });
  });
});

describe('doubt', () => {
  it('about a retry that only a person can settle', async () => {
    await setUpWith({ ended_at: null }, { name: 'r', actions: () => retryRun({ max: 1 }) });
    failCall('retryRun', { mayHaveTakenEffect: true });
    await processEvent();
    world.cyberdesk.runs = [
      {
        id: 'run-1',
        workflow_id: 'w',
        status: 'error',
        created_at: '',
        ended_at: new Date(START).toISOString(),
      },
    ];
    world.later(HOUR);
    await processEvent({}, 2);
    expect(event()).toMatchObject({ state: 'failed', reason: 'outcome_unknown' });
  });

  it('about a retry is settled by the completion’s own end', async () => {
    await setUp({ name: 'r', actions: () => retryRun({ max: 1 }) });
    failCall('retryRun', { mayHaveTakenEffect: true });
    await processEvent();
    delete world.cyberdesk.answers.retryRun;
    world.cyberdesk.runs = [
      {
        id: 'run-1',
        workflow_id: 'w',
        status: 'success',
        created_at: '',
        ended_at: new Date(END + 1).toISOString(),
      },
    ];
    world.later(6 * SECOND);
    expect(await processEvent({}, 2)).toMatchObject({ outcome: 'processed' });
    expect(world.cyberdesk.named('retryRun')).toHaveLength(1);
  });

  it('is kept through a store that cannot be read, and made by none', async () => {
    await setUp({
      name: 'r',
      actions: () => startRun({ workflow_id: 'w', sensitive_input_values: { p: secret('arn:secret') } }),
    });
    world.secrets.failing = true;
    await processEvent();
    expect(action()).not.toHaveProperty('begun');
    world.secrets.failing = false;
    world.secrets.set('arn:secret#AWSCURRENT', 'value', 'v1');
    world.secrets.set('arn:secret#v1', 'value', 'v1');
    failCall('createRun', { mayHaveTakenEffect: true });
    world.later(6 * SECOND);
    await processEvent({}, 2);
    const { begun } = action();
    world.secrets.failing = true;
    world.later(11 * SECOND);
    await processEvent({}, 3);
    expect(action()).toMatchObject({ begun, pins: [{ version: 'v1' }] });
  });

  it('is kept, with its pins, when the way to a second call took too long', async () => {
    failCall('createRun', { mayHaveTakenEffect: true });
    await processEvent();
    const { begun } = action();
    world.later(20 * SECOND);
    justBefore(
      (item) => (item as CompletionItem).actions?.[0]?.begun?.last === world.system.time,
      () => {
        world.system.time += 26 * SECOND;
      },
    );
    world.worker.deadline = START + HOUR;
    expect(await processEvent({}, 2)).toMatchObject({ kind: 'wait' });
    expect(createRunCalls()).toHaveLength(1);
    expect(action()).toMatchObject({ begun, tries: 2 });
  });

  it('is not counted for other failures', async () => {
    failCall('createRun', { status: 422 });
    await processEvent();
    expect(world.counted).not.toContain('OutcomeUnknown');
    expect(action()).not.toHaveProperty('pins');
  });
});
