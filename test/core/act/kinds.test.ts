import { beforeEach, describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import { processMessage } from '../../../lambda/core/process/process-message.ts';
import { receive } from '../../../lambda/core/receive/receive.ts';
import { type RuleDefinition, retryRun, secret, startChain, startRun } from '../../../lambda/rules/index.ts';
import {
  action,
  created,
  END,
  event,
  fails,
  go,
  lineage,
  lose,
  sends,
  setUp,
  setUpWith,
  w,
} from '../drive.ts';
import { runComplete, START, startNext } from '../kit.ts';

beforeEach(() => setUp(startNext));

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
    await setUpWith({ status: 'error' }, rule);
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
    fails('retryRun', { mayHaveTakenEffect: true });
    await go();
    // The run may end again before it is known to be ours: its next end counts this one.
    expect(lineage('run-1')).toMatchObject({ retried: [`completion#${END}`] });
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
    fails('createRun', { status: 503 });
    await go();
    w.later(59 * DAY);
    await go();
    expect(action().body_ref?.until).toBe(START + 90 * DAY);
    w.later(2 * DAY);
    await go();
    expect(action().body_ref?.until).toBe(w.system.time + 60 * DAY);
    const piece = w.model.get({ pk: `plan#${action().body_ref?.sha256}/0`, sk: 'body' });
    expect(piece?.ttl).toBe(Math.floor((w.system.time + 60 * DAY) / 1000));
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
      fails('createRun', { status: 503, mayHaveTakenEffect });
      await go();
      w.model.items.delete(`plan#${action().body_ref?.sha256}/0\nbody`);
      w.later(MINUTE);
      await go();
      expect(event()).toMatchObject({ state: 'failed', reason });
    }
  });
});
