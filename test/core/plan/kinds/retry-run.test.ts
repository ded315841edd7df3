import { expect, it } from 'vitest';
import {
  endedAtCompletion,
  isActionable,
  ownCompletion,
  type RunSnapshot,
} from '../../../../lambda/core/model/index.ts';
import { HOUR, MINUTE, SECOND } from '../../../../lambda/core/model/time.ts';
import { executionOf } from '../../../../lambda/core/plan/kinds/index.ts';
import { type RuleDefinition, retryRun } from '../../../../lambda/rules/index.ts';
import { runSnapshot } from '../../support/cyberdesk.ts';
import { actionRecord } from '../../support/items.ts';
import { AMBIGUOUS, BEGUN, foundRun, iso, lookUp, lookUpPorts, NONE } from '../../support/look-up.ts';
import {
  event,
  failCall,
  lineage,
  processEvent,
  receiveWebhook,
  setUp,
  setUpFor,
  setUpWith,
  world,
} from '../../support/scenario.ts';
import { START } from '../../support/system.ts';
import { createdRun, downedMachines, END, runComplete } from '../../support/webhooks.ts';

const retry = actionRecord({ kind: 'retryRun', key: 'mine', begun: BEGUN });
const ours = { kind: 'ours', runIds: ['run-1'] };
const shown = (more: Partial<RunSnapshot>) => lookUpPorts([foundRun('run-1', { status: 'error', ...more })]);

it('a retry took effect if the run is active or has ended later than its completion', async () => {
  expect(await lookUp(shown({ status: 'running' }), retry, '{}', endedAtCompletion(START))).toEqual(ours);
  expect(await lookUp(shown({ status: 'tomorrow' }), retry, '{}', endedAtCompletion(START))).toEqual(ours);
  expect(await lookUp(shown({ ended_at: iso(START + 1) }), retry, '{}', endedAtCompletion(START))).toEqual(
    ours,
  );
  expect(await lookUp(shown({ ended_at: iso(START) }), retry, '{}', endedAtCompletion(START))).toEqual(NONE);
  expect(await lookUp(shown({ ended_at: null }), retry, '{}', endedAtCompletion(START))).toEqual(NONE);
});

it('a retry of a completion without an end is judged by the time of the attempt, and is ambiguous close to it', async () => {
  const traceOf = (end: number | undefined) =>
    lookUp(shown({ ended_at: end === undefined ? null : iso(end) }), retry, '{}', ownCompletion('event-1'));

  expect(await traceOf(START + MINUTE + 1)).toEqual(ours);
  expect(await traceOf(START - MINUTE - 1)).toEqual(NONE);
  expect(await traceOf(START + MINUTE)).toEqual(AMBIGUOUS);
  expect(await traceOf(START - MINUTE)).toEqual(AMBIGUOUS);
  expect(await traceOf(undefined)).toEqual(AMBIGUOUS);
});

it('a retry after an event without a run, which no plan holds, is refused before any call', async () => {
  await setUpFor(downedMachines());
  const found = event();
  const execution = executionOf(retry);
  if (!isActionable(found) || execution.kind !== 'call') throw new Error('nothing to carry out');
  const call = { record: retry, body: '{}', event: found, completion: ownCompletion('event-1') };

  await expect(execution.lookUp(world.worker, call, { until: 0 })).rejects.toThrow(
    /only a run that has ended can be retried/,
  );
  expect(() => execution.send(world.cyberdesk, call, { until: 0 })).toThrow(TypeError);
  expect(world.cyberdesk.calls).toEqual([]);
});

it('a lookup of a retry passes a failed call on', async () => {
  expect(await lookUp(lookUpPorts([]), retry)).toMatchObject({
    kind: 'unanswered',
    failure: { status: 404 },
  });
});

it('a retry is recorded once in the lineage of its run, and counts for the rules', async () => {
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
  await receiveWebhook(body, 'msg_2');

  await processEvent({ event: 'event-2' });

  expect(world.cyberdesk.named('retryRun')).toHaveLength(1);
});

it('a retry whose response was lost is looked up by its run', async () => {
  await setUp({ name: 'r', actions: () => retryRun({ max: 1 }) });
  failCall('retryRun', { mayHaveTakenEffect: true });

  await processEvent();

  // Recorded although the response was lost: the run may end again before the retry is known to be ours.
  expect(lineage('run-1')).toMatchObject({ retried: [`completion#${END}`] });

  world.later(6 * SECOND);
  world.cyberdesk.runs = [{ ...createdRun('run-1'), status: 'running' }];

  expect(await processEvent()).toMatchObject({ outcome: 'processed' });
  expect(world.cyberdesk.named('retryRun')).toHaveLength(1);
  expect(world.cyberdesk.named('findRuns')).toHaveLength(0);
});

it('a retry without a response and without a conclusive end has an unknown outcome', async () => {
  await setUpWith({ ended_at: null }, { name: 'r', actions: () => retryRun({ max: 1 }) });
  failCall('retryRun', { mayHaveTakenEffect: true });
  await processEvent();
  world.cyberdesk.runs = [
    runSnapshot({ status: 'error', created_at: '', ended_at: new Date(START).toISOString() }),
  ];
  world.later(HOUR);

  await processEvent({}, 2);

  expect(event()).toMatchObject({ state: 'failed', reason: 'outcome_unknown' });
});

it('a retry without a response succeeded if the run has ended again since', async () => {
  await setUp({ name: 'r', actions: () => retryRun({ max: 1 }) });
  failCall('retryRun', { mayHaveTakenEffect: true });
  await processEvent();
  delete world.cyberdesk.answers.retryRun;
  world.cyberdesk.runs = [
    runSnapshot({ status: 'success', created_at: '', ended_at: new Date(END + 1).toISOString() }),
  ];
  world.later(6 * SECOND);

  expect(await processEvent({}, 2)).toMatchObject({ outcome: 'processed' });
  expect(world.cyberdesk.named('retryRun')).toHaveLength(1);
});
