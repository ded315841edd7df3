import { beforeEach, describe, expect, it } from 'vitest';
import type { CompletionItem } from '../../../lambda/core/model/index.ts';
import { HOUR, SECOND } from '../../../lambda/core/model/time.ts';
import { retryRun, secret, startRun } from '../../../lambda/rules/index.ts';
import {
  action,
  created,
  END,
  event,
  fails,
  go,
  justBefore,
  lineage,
  lose,
  sends,
  setUp,
  setUpWith,
  w,
} from '../drive.ts';
import { START, startNext } from '../kit.ts';

beforeEach(() => setUp(startNext));

describe('after an attempt without an answer', () => {
  it('the list is asked first, always', async () => {
    await lose();
    w.later(5 * SECOND);
    await go();
    expect(w.cyberdesk.calls.map(({ name }) => name)).toEqual(['createRun', 'findRuns', 'createRun']);
    const [first, second] = w.cyberdesk.named('createRun');
    expect(second?.args.slice(0, 2)).toEqual(first?.args.slice(0, 2));
  });

  it('the key tells the truth while it is surely known, and the list does not', async () => {
    await lose();
    w.cyberdesk.runs = [created('alike-1'), created('alike-2')];
    w.later(45 * SECOND);
    expect(await go()).toMatchObject({ outcome: 'processed' });
    expect(sends()).toBe(2);
    expect(w.cyberdesk.named('createRun')[1]?.args[2]).toEqual({ until: START + 55 * SECOND });
    expect(action().result?.run_ids).toEqual(['started-1']);
  });

  it('nothing is sent between the end of the key’s life and a complete list', async () => {
    await lose();
    w.later(45 * SECOND + 1);
    const listedFrom = START + (40 + 70 + 5) * SECOND;
    expect(await go()).toEqual({ kind: 'wait', until: listedFrom });
    expect(sends()).toBe(1);
    expect(action()).toMatchObject({ tries: 1, begun: { first: START, last: START } });
    w.later(listedFrom - w.system.time);
    expect(await go()).toMatchObject({ outcome: 'processed' });
    expect(sends()).toBe(2);
  });

  it('one run in a complete list is adopted', async () => {
    await lose();
    w.cyberdesk.runs = [created('found')];
    w.later(115 * SECOND);
    expect(await go()).toMatchObject({ outcome: 'processed' });
    expect(sends()).toBe(1);
    expect(action().result).toMatchObject({ run_ids: ['found'], adopted: true });
    expect(lineage('found')).toMatchObject({ adopted: true, depth: 1 });
    expect(w.counted).toContain('FollowUpAdopted');
  });

  it('several are for a person', async () => {
    await lose();
    w.cyberdesk.runs = [created('a'), created('b')];
    w.later(HOUR);
    await go();
    expect(event()).toMatchObject({ state: 'failed', reason: 'outcome_unknown' });
    expect(sends()).toBe(1);
  });

  it('so is an equal run that another action took by a look-up', async () => {
    await lose();
    w.cyberdesk.runs = [created('a')];
    w.model.force({
      pk: 'run#a',
      sk: 'lineage',
      v: 1,
      tag: 't',
      action: 'other',
      adopted: true,
      depth: 1,
      retried: [],
    } as never);
    w.later(HOUR);
    await go();
    expect(event()).toMatchObject({ reason: 'outcome_unknown' });
  });

  it('its own lineage is enough at any time', async () => {
    await lose();
    w.cyberdesk.runs = [created('a'), created('mine')];
    const [, key] = w.cyberdesk.named('createRun')[0]?.args ?? [];
    w.model.force({
      pk: 'run#mine',
      sk: 'lineage',
      v: 1,
      tag: 't',
      action: key,
      depth: 1,
      retried: [],
    } as never);
    w.later(60 * SECOND);
    expect(await go()).toMatchObject({ outcome: 'processed' });
    expect(action().result?.run_ids).toEqual(['mine']);
    expect(sends()).toBe(1);
  });

  it('an empty complete list makes the next attempt the first', async () => {
    await lose();
    w.later(HOUR);
    fails('createRun', { status: 422 });
    await go();
    expect(event()).toMatchObject({ reason: 'refused' });
  });

  it('a refusal within the key’s life says nothing', async () => {
    await lose();
    w.later(6 * SECOND);
    fails('createRun', { status: 422 });
    await go();
    expect(action().failure).toEqual({ reason: 'outcome_unknown', status: 422 });
    expect(event()).toMatchObject({ reason: 'outcome_unknown' });
  });

  it('the window grows with each attempt', async () => {
    await lose();
    w.later(6 * SECOND);
    await lose();
    expect(action().begun).toEqual({ first: START, last: START + 6 * SECOND });
  });

  it('a look-up without an answer is a try, and keeps the doubt', async () => {
    await lose();
    w.later(HOUR);
    fails('findRuns', { status: 500 });
    expect(await go()).toEqual({ kind: 'wait', until: START + HOUR + 10 * SECOND });
    expect(action()).toMatchObject({ tries: 2, begun: { first: START, last: START } });
    expect(sends()).toBe(1);
  });

  it('a look-up that is refused is for a person', async () => {
    await lose();
    w.later(HOUR);
    fails('findRuns', { status: 422 });
    await go();
    expect(event()).toMatchObject({ reason: 'outcome_unknown' });
  });

  it('a run that turns out to be another action’s is for a person', async () => {
    w.cyberdesk.answers.createRun = () => ({ kind: 'answered', value: { runIds: ['x'] } }) as never;
    w.model.force({
      pk: 'run#x',
      sk: 'lineage',
      v: 1,
      tag: 't',
      action: 'other',
      depth: 1,
      retried: [],
    } as never);
    await go();
    expect(event()).toMatchObject({ reason: 'outcome_unknown' });
    expect(lineage('x')).toMatchObject({ action: 'other' });
  });
});

describe('doubt', () => {
  it('about a retry that only a person can settle', async () => {
    await setUpWith({ ended_at: null }, { name: 'r', actions: () => retryRun({ max: 1 }) });
    fails('retryRun', { mayHaveTakenEffect: true });
    await go();
    w.cyberdesk.runs = [
      {
        id: 'run-1',
        workflow_id: 'w',
        status: 'error',
        created_at: '',
        ended_at: new Date(START).toISOString(),
      },
    ];
    w.later(HOUR);
    await go({}, 2);
    expect(event()).toMatchObject({ state: 'failed', reason: 'outcome_unknown' });
  });

  it('about a retry is settled by the completion’s own end', async () => {
    await setUp({ name: 'r', actions: () => retryRun({ max: 1 }) });
    fails('retryRun', { mayHaveTakenEffect: true });
    await go();
    delete w.cyberdesk.answers.retryRun;
    w.cyberdesk.runs = [
      {
        id: 'run-1',
        workflow_id: 'w',
        status: 'success',
        created_at: '',
        ended_at: new Date(END + 1).toISOString(),
      },
    ];
    w.later(6 * SECOND);
    expect(await go({}, 2)).toMatchObject({ outcome: 'processed' });
    expect(w.cyberdesk.named('retryRun')).toHaveLength(1);
  });

  it('is kept through a store that cannot be read, and made by none', async () => {
    await setUp({
      name: 'r',
      actions: () => startRun({ workflow_id: 'w', sensitive_input_values: { p: secret('arn:secret') } }),
    });
    w.secrets.failing = true;
    await go();
    expect(action()).not.toHaveProperty('begun');
    w.secrets.failing = false;
    w.secrets.set('arn:secret#AWSCURRENT', 'value', 'v1');
    w.secrets.set('arn:secret#v1', 'value', 'v1');
    fails('createRun', { mayHaveTakenEffect: true });
    w.later(6 * SECOND);
    await go({}, 2);
    const { begun } = action();
    w.secrets.failing = true;
    w.later(11 * SECOND);
    await go({}, 3);
    expect(action()).toMatchObject({ begun, pins: [{ version: 'v1' }] });
  });

  it('is kept, with its pins, when the way to a second call took too long', async () => {
    fails('createRun', { mayHaveTakenEffect: true });
    await go();
    const { begun } = action();
    w.later(20 * SECOND);
    justBefore(
      (item) => (item as CompletionItem).actions?.[0]?.begun?.last === w.system.time,
      () => {
        w.system.time += 26 * SECOND;
      },
    );
    w.worker.deadline = START + HOUR;
    expect(await go({}, 2)).toMatchObject({ kind: 'wait' });
    expect(w.cyberdesk.named('createRun')).toHaveLength(1);
    expect(action()).toMatchObject({ begun, tries: 2 });
  });

  it('is not counted for other failures', async () => {
    fails('createRun', { status: 422 });
    await go();
    expect(w.counted).not.toContain('OutcomeUnknown');
    expect(action()).not.toHaveProperty('pins');
  });
});
