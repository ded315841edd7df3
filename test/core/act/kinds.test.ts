import { beforeEach, describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import { processMessage } from '../../../lambda/core/process/process-message.ts';
import { receive } from '../../../lambda/core/receive/receive.ts';
import { type RuleDefinition, retryRun, secret, startChain, startRun } from '../../../lambda/rules/index.ts';
import {
  action,
  createRunCalls,
  event,
  failCall,
  lineage,
  loseAnswer,
  processEvent,
  setUp,
  setUpWith,
  world,
} from '../support/scenario.ts';
import { START } from '../support/system.ts';
import { createdRun, END, runComplete, startNext } from '../support/webhooks.ts';

beforeEach(() => setUp(startNext));

describe('secrets', () => {
  const rule: RuleDefinition = {
    name: 'r',
    actions: () =>
      startRun({ workflow_id: 'workflow-next', sensitive_input_values: { p: secret('arn:secret') } }),
  };
  beforeEach(async () => {
    await setUp(rule);
    world.secrets.set('arn:secret#AWSCURRENT', 'value', 'v1');
  });

  it('reach the call and nothing else', async () => {
    await processEvent();
    expect(createRunCalls()[0]?.body).toContain('"p":"value"');
    expect(JSON.stringify([...world.model.items.values()])).not.toContain('"value"');
  });

  it('are pinned by the first attempt', async () => {
    await loseAnswer();
    expect(action().pins).toEqual([{ version: 'v1' }]);
    world.secrets.set('arn:secret#AWSCURRENT', 'other', 'v2');
    world.secrets.set('arn:secret#v1', 'value', 'v1');
    world.later(6 * SECOND);
    await processEvent();
    expect(createRunCalls()[1]?.body).toContain('"p":"value"');
  });

  it('that are gone after an attempt leave its outcome unknown, before it a definite refusal', async () => {
    await loseAnswer();
    world.later(6 * SECOND);
    await processEvent();
    expect(event()).toMatchObject({ reason: 'outcome_unknown' });

    await setUp(rule);
    await processEvent();
    expect(event()).toMatchObject({ reason: 'secret_missing' });
    expect(createRunCalls()).toHaveLength(0);
  });

  it('that cannot be read for a while are waited for, without a pause', async () => {
    world.secrets.failing = true;
    for (let tries = 0; tries < 5; tries += 1) {
      expect(await processEvent()).toMatchObject({ kind: 'wait' });
      world.later(HOUR);
    }
    expect(world.model.get({ pk: 'control#pause', sk: 'pause' })).toBeUndefined();
    world.secrets.failing = false;
    expect(await processEvent()).toMatchObject({ outcome: 'processed' });
  });
});

describe('other kinds', () => {
  it('a chain has the lineage of every run', async () => {
    await setUp({
      name: 'r',
      actions: () => startChain({ steps: [{ workflow_id: 'a' }, { workflow_id: 'b' }] }),
    });
    await processEvent();
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
    expect(await processEvent()).toMatchObject({ outcome: 'processed' });
    expect(world.cyberdesk.named('retryRun')[0]?.args.slice(0, 2)).toEqual([
      'run-1',
      '{"input_values":{"a":1}}',
    ]);
    expect(lineage('run-1')).toMatchObject({ retried: [`completion#${END}`], depth: 0 });
    expect(lineage('run-1')).not.toHaveProperty('action');
    const body = runComplete({ status: 'error', ended_at: '2026-11-25T11:00:00Z' }, { event_id: 'event-2' });
    await receive(world.ports, { svixId: 'msg_2', body }, 90);
    await processMessage(world.worker, { body: '{"v":1,"event":"event-2"}', receives: 1 });
    expect(world.cyberdesk.named('retryRun')).toHaveLength(1);
  });

  it('a retry without an answer is judged by the run itself', async () => {
    await setUp({ name: 'r', actions: () => retryRun({ max: 1 }) });
    failCall('retryRun', { mayHaveTakenEffect: true });
    await processEvent();
    // The run may end again before it is known to be ours: its next end counts this one.
    expect(lineage('run-1')).toMatchObject({ retried: [`completion#${END}`] });
    world.later(6 * SECOND);
    world.cyberdesk.runs = [{ ...createdRun('run-1'), status: 'running' }];
    expect(await processEvent()).toMatchObject({ outcome: 'processed' });
    expect(world.cyberdesk.named('retryRun')).toHaveLength(1);
    expect(world.cyberdesk.named('findRuns')).toHaveLength(0);
  });

  it('a large plan is kept in pieces, and sent whole', async () => {
    const text = Array.from({ length: 9000 }, (_, index) => `line ${index}`).join('\n');
    await setUp({ name: 'r', actions: () => startRun({ workflow_id: 'w', input_values: { text } }) });
    await loseAnswer();
    expect(action()).not.toHaveProperty('body');
    expect(action().body_ref).toMatchObject({ pieces: 1, until: START + 90 * DAY });
    world.later(6 * SECOND);
    await processEvent();
    expect(JSON.parse(createRunCalls()[1]?.body ?? '').input_values.text).toBe(text);
    expect(action()).not.toHaveProperty('body_ref');
  });

  it('a large plan that waits for long keeps its pieces', async () => {
    await setUp({
      name: 'r',
      actions: () => startRun({ workflow_id: 'w', input_values: { text: 'x'.repeat(70_000) } }),
    });
    failCall('createRun', { status: 503 });
    await processEvent();
    world.later(59 * DAY);
    await processEvent();
    expect(action().body_ref?.until).toBe(START + 90 * DAY);
    world.later(2 * DAY);
    await processEvent();
    expect(action().body_ref?.until).toBe(world.system.time + 60 * DAY);
    const piece = world.model.get({ pk: `body#${action().body_ref?.sha256}/0`, sk: 'body' });
    expect(piece?.ttl).toBe(Math.floor((world.system.time + 60 * DAY) / 1000));
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
      failCall('createRun', { status: 503, mayHaveTakenEffect });
      await processEvent();
      world.model.items.delete(`body#${action().body_ref?.sha256}/0\nbody`);
      world.later(MINUTE);
      await processEvent();
      expect(event()).toMatchObject({ state: 'failed', reason });
    }
  });
});
