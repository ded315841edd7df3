import { beforeEach, describe, expect, it } from 'vitest';
import type { ActionRecord, CompletionItem, EventItem, LineageItem } from '../../lambda/core/items.ts';
import { processMessage } from '../../lambda/core/process.ts';
import { receive } from '../../lambda/core/receive.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../lambda/core/timing.ts';
import { type RuleDefinition, retryRun, secret, startChain, startRun } from '../../lambda/rules/index.ts';
import { runComplete, START, startNext, world } from './kit.ts';

const END = START - 2000 + 123;
let w: ReturnType<typeof world>;
const setUp = async (rule: RuleDefinition, run: object = {}) => {
  w = world(rule);
  await receive(w.ports, { svixId: 'msg_1', body: runComplete({ ...run }) }, 90);
};
const go = () => processMessage(w.worker, { body: '{"v":1,"event":"event-1"}', receives: 1 });
const action = () =>
  (w.model.get({ pk: 'run#run-1', sk: `completion#${END}` }) as CompletionItem).actions?.[0] as ActionRecord;
const event = () => w.model.get({ pk: 'event#event-1', sk: 'event' }) as EventItem;
const lineage = (id: string) => w.model.get({ pk: `run#${id}`, sk: 'lineage' }) as LineageItem | undefined;
const answer = (name: 'createRun' | 'findRuns' | 'getRun' | 'retryRun' | 'createChain', outcome: object) => {
  w.cyberdesk.answers[name] = () => ({ ok: false, mayHaveTakenEffect: false, ...outcome }) as never;
};
const created = (id: string, at = START) => ({
  id,
  workflow_id: 'workflow-next',
  status: 'running',
  created_at: new Date(at).toISOString(),
  input_values: { summary: 'three invoices filed' },
});
/** An attempt whose answer is lost. */
const lose = async () => {
  answer('createRun', { mayHaveTakenEffect: true });
  expect(await go()).toMatchObject({ kind: 'wait' });
  delete w.cyberdesk.answers.createRun;
};
const sends = () => w.cyberdesk.named('createRun').length;

beforeEach(() => setUp(startNext));

describe('an attempt', () => {
  it('is recorded before it is sent, and ends in time', async () => {
    w.cyberdesk.answers.createRun = (() => {
      expect(action().begun).toEqual({ first: START, last: START });
      return { ok: true, value: { runIds: ['x'] } };
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
        if ((item as CompletionItem).actions?.[0]?.begun) w.chance.time += 21 * SECOND;
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
        if (key.sk === 'lineage') w.chance.time += 21 * SECOND;
        return get(key);
      },
    };
    expect(await go()).toEqual({ kind: 'wait', until: START + 22 * SECOND });
    expect(w.cyberdesk.calls).toEqual([]);
    expect(action().tries).toBe(0);
  });

  it.each([400, 404, 422])('that is refused with %i fails for good', async (status) => {
    answer('createRun', { status });
    expect(await go()).toMatchObject({ outcome: 'failed' });
    expect(action().failure).toEqual({ reason: 'refused', status });
  });

  it('that meets a conflict is for a person', async () => {
    answer('createRun', { status: 409 });
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
    answer('createRun', { status });
    expect(await go()).toEqual({ kind: 'wait', until: START + 5 * SECOND });
    expect(action()).toMatchObject({ tries: 1, delayed: 5 * SECOND });
    expect(action()).not.toHaveProperty('begun');
    expect(w.counted).toEqual(metric ? [metric] : []);
  });

  it('waits for an API key to be set', async () => {
    answer('createRun', { keyNotSet: true });
    await go();
    expect(w.counted).toEqual(['ApiKeyNotSet']);
  });

  it('is exhausted when its tries have added up to a day', async () => {
    answer('createRun', { status: 503 });
    let verdict = await go();
    for (let tries = 1; verdict.kind === 'wait' && tries < 100; tries += 1) {
      w.later(verdict.until - w.chance.time);
      verdict = await go();
    }
    expect(event()).toMatchObject({ state: 'failed', reason: 'exhausted' });
    expect(w.chance.time - START).toBeGreaterThan(24 * HOUR);
  });

  it('keeps other actions apart when one of them waits', async () => {
    await setUp({
      name: 'r',
      actions: () => [startRun({ workflow_id: 'a' }), startRun({ workflow_id: 'b' })],
    });
    w.cyberdesk.answers.createRun = ((body: string) =>
      body.includes('"a"')
        ? { ok: false, status: 503, mayHaveTakenEffect: true }
        : { ok: true, value: { runIds: ['b'] } }) as never;
    expect(await go()).toEqual({ kind: 'wait', until: START + 5 * SECOND });
    w.later(SECOND);
    expect(await go()).toEqual({ kind: 'wait', until: START + 5 * SECOND });
    expect(sends()).toBe(2);
  });
});

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
    w.later(listedFrom - w.chance.time);
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
    answer('createRun', { status: 422 });
    await go();
    expect(event()).toMatchObject({ reason: 'refused' });
  });

  it('a refusal within the key’s life says nothing', async () => {
    await lose();
    w.later(6 * SECOND);
    answer('createRun', { status: 422 });
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
    answer('findRuns', { status: 500 });
    expect(await go()).toEqual({ kind: 'wait', until: START + HOUR + 10 * SECOND });
    expect(action()).toMatchObject({ tries: 2, begun: { first: START, last: START } });
    expect(sends()).toBe(1);
  });

  it('a look-up that is refused is for a person', async () => {
    await lose();
    w.later(HOUR);
    answer('findRuns', { status: 422 });
    await go();
    expect(event()).toMatchObject({ reason: 'outcome_unknown' });
  });

  it('a run that turns out to be another action’s is for a person', async () => {
    w.cyberdesk.answers.createRun = () => ({ ok: true, value: { runIds: ['x'] } }) as never;
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

describe('secrets', () => {
  const rule: RuleDefinition = {
    name: 'r',
    actions: () =>
      startRun({ workflow_id: 'workflow-next', sensitive_input_values: { p: secret('arn:secret') } }),
  };
  beforeEach(async () => {
    await setUp(rule);
    w.secrets.set('arn:secret#AWSCURRENT', 'value', 'v1');
  });

  it('reach the call and nothing else', async () => {
    await go();
    expect(w.cyberdesk.named('createRun')[0]?.args[0]).toContain('"p":"value"');
    expect(JSON.stringify([...w.model.items.values()])).not.toContain('"value"');
  });

  it('are pinned by the first attempt', async () => {
    await lose();
    expect(action().pins).toEqual([{ version: 'v1' }]);
    w.secrets.set('arn:secret#AWSCURRENT', 'other', 'v2');
    w.secrets.set('arn:secret#v1', 'value', 'v1');
    w.later(6 * SECOND);
    await go();
    expect(w.cyberdesk.named('createRun')[1]?.args[0]).toContain('"p":"value"');
  });

  it('that are gone after an attempt leave its outcome unknown, before it a definite refusal', async () => {
    await lose();
    w.later(6 * SECOND);
    await go();
    expect(event()).toMatchObject({ reason: 'outcome_unknown' });

    await setUp(rule);
    await go();
    expect(event()).toMatchObject({ reason: 'secret_missing' });
    expect(sends()).toBe(0);
  });

  it('that cannot be read for a while are waited for, without a pause', async () => {
    w.secrets.failing = true;
    for (let tries = 0; tries < 5; tries += 1) {
      expect(await go()).toMatchObject({ kind: 'wait' });
      w.later(HOUR);
    }
    expect(w.model.get({ pk: 'control#pause', sk: 'pause' })).toBeUndefined();
    w.secrets.failing = false;
    expect(await go()).toMatchObject({ outcome: 'processed' });
  });
});

describe('other kinds', () => {
  it('a chain has the lineage of every run', async () => {
    await setUp({
      name: 'r',
      actions: () => startChain({ steps: [{ workflow_id: 'a' }, { workflow_id: 'b' }] }),
    });
    await go();
    expect(action().result?.run_ids).toEqual(['step-1', 'step-2']);
    expect(lineage('step-2')).toMatchObject({ depth: 1 });
  });

  it('a retry is noted at its run, once, and counted by rules', async () => {
    const rule: RuleDefinition = {
      name: 'r',
      status: 'error',
      actions: () => retryRun({ max: 1, input_values: { a: 1 } }),
    };
    await setUp(rule, { status: 'error' });
    expect(await go()).toMatchObject({ outcome: 'processed' });
    expect(w.cyberdesk.named('retryRun')[0]?.args.slice(0, 2)).toEqual(['run-1', '{"input_values":{"a":1}}']);
    expect(lineage('run-1')).toMatchObject({ retried: [`completion#${END}`], depth: 0 });
    expect(lineage('run-1')).not.toHaveProperty('action');
    const body = runComplete({ status: 'error', ended_at: '2026-11-25T11:00:00Z' }, { event_id: 'event-2' });
    await receive(w.ports, { svixId: 'msg_2', body }, 90);
    await processMessage(w.worker, { body: '{"v":1,"event":"event-2"}', receives: 1 });
    expect(w.cyberdesk.named('retryRun')).toHaveLength(1);
  });

  it('a retry without an answer is judged by the run itself', async () => {
    await setUp({ name: 'r', actions: () => retryRun({ max: 1 }) });
    answer('retryRun', { mayHaveTakenEffect: true });
    await go();
    w.later(6 * SECOND);
    w.cyberdesk.runs = [{ ...created('run-1'), status: 'running' }];
    expect(await go()).toMatchObject({ outcome: 'processed' });
    expect(w.cyberdesk.named('retryRun')).toHaveLength(1);
    expect(w.cyberdesk.named('findRuns')).toHaveLength(0);
  });

  it('a large plan is kept in pieces, and sent whole', async () => {
    const text = Array.from({ length: 9000 }, (_, index) => `line ${index}`).join('\n');
    await setUp({ name: 'r', actions: () => startRun({ workflow_id: 'w', input_values: { text } }) });
    await lose();
    expect(action()).not.toHaveProperty('body');
    expect(action().body_ref).toMatchObject({ pieces: 1, until: START + 90 * DAY });
    w.later(6 * SECOND);
    await go();
    expect(JSON.parse(w.cyberdesk.named('createRun')[1]?.args[0] as string).input_values.text).toBe(text);
    expect(action()).not.toHaveProperty('body_ref');
  });

  it('a large plan that waits for long keeps its pieces', async () => {
    await setUp({
      name: 'r',
      actions: () => startRun({ workflow_id: 'w', input_values: { text: 'x'.repeat(70_000) } }),
    });
    answer('createRun', { status: 503 });
    await go();
    w.later(59 * DAY);
    await go();
    expect(action().body_ref?.until).toBe(START + 90 * DAY);
    w.later(2 * DAY);
    await go();
    expect(action().body_ref?.until).toBe(w.chance.time + 60 * DAY);
    const piece = w.model.get({ pk: `body#${action().body_ref?.sha256}/0`, sk: 'body' });
    expect(piece?.ttl).toBe(Math.floor((w.chance.time + 60 * DAY) / 1000));
  });

  it('a large plan whose pieces are gone fails, by what it may have started', async () => {
    const rule: RuleDefinition = {
      name: 'r',
      actions: () => startRun({ workflow_id: 'w', input_values: { text: 'x'.repeat(70_000) } }),
    };
    for (const [mayHaveTakenEffect, reason] of [
      [true, 'outcome_unknown'],
      [false, 'body_lost'],
    ] as const) {
      await setUp(rule);
      answer('createRun', { status: 503, mayHaveTakenEffect });
      await go();
      w.model.items.delete(`body#${action().body_ref?.sha256}/0\nbody`);
      w.later(MINUTE);
      await go();
      expect(event()).toMatchObject({ state: 'failed', reason });
    }
  });
});
