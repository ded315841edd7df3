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
import { recover } from '../../process/settle/support.ts';
import { runSnapshot } from '../../support/cyberdesk.ts';
import { actionRecord } from '../../support/items.ts';
import {
  AMBIGUOUS,
  BEGUN,
  candidate,
  foundRun,
  iso,
  lookUp,
  lookUpPorts,
  NONE,
} from '../../support/look-up.ts';
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

const traceOf = (more: Partial<RunSnapshot>) =>
  lookUp(shown(more), retry, '{}', { completion: endedAtCompletion(START) });
/** What an API that is not ours may show, whatever the types say. */
const anything = (value: unknown) => value as undefined;

it('a retry took effect if the run has ended later than its completion, or is still active once reads are complete', async () => {
  for (const status of ['scheduling', 'running', 'running_checks'])
    for (const ended_at of [undefined, iso(START)])
      expect(await traceOf({ status, ended_at })).toEqual(candidate('run-1'));
  for (const status of ['error', 'success', 'timed_out', undefined])
    expect(await traceOf({ status, ended_at: iso(START + SECOND) })).toEqual(ours);
});

it('a retry is ambiguous if the run ended barely later: the API may have rounded the same end', async () => {
  for (const later of [1, 400, SECOND - 1])
    expect(await traceOf({ ended_at: iso(START + later) })).toEqual(AMBIGUOUS);
});

it('a retry did not take effect if the run shows that it has ended as before', async () => {
  expect(await traceOf({ ended_at: iso(START) })).toEqual(NONE);
  expect(await traceOf({ status: 'cancelled', ended_at: iso(START) })).toEqual(NONE);
  expect(await traceOf({ ended_at: iso(START - 1) })).toEqual(NONE);
});

it.each([undefined, null, '', 'timed_out', 'SUCCESS', 7])(
  'a run that shows %j as its status, and the end that it had, leaves a lookup of its retry ambiguous',
  async (status) => {
    expect(await traceOf({ status: anything(status), ended_at: iso(START) })).toEqual(AMBIGUOUS);
  },
);

it.each([undefined, null, '', 'yesterday', START, {}])(
  'a run that shows %j as its end leaves a lookup of its retry ambiguous, unless it is active',
  async (end) => {
    for (const status of ['success', 'error', 'timed_out', undefined])
      expect(await traceOf({ status, ended_at: anything(end) })).toEqual(AMBIGUOUS);
    expect(await traceOf({ status: 'running', ended_at: anything(end) })).toEqual(candidate('run-1'));
  },
);

it('a retry of a completion without an end is judged by the time of the attempt, and is ambiguous close to it', async () => {
  const byTime = (end: number | undefined, status = 'error') =>
    lookUp(shown({ status, ended_at: end === undefined ? end : iso(end) }), retry, '{}', {
      completion: ownCompletion('event-1'),
    });

  expect(await byTime(START + MINUTE + 1)).toEqual(ours);
  expect(await byTime(START - MINUTE - 1)).toEqual(NONE);
  expect(await byTime(START - MINUTE - 1, 'timed_out')).toEqual(AMBIGUOUS);
  expect(await byTime(START + MINUTE)).toEqual(AMBIGUOUS);
  expect(await byTime(START - MINUTE)).toEqual(AMBIGUOUS);
  expect(await byTime(undefined)).toEqual(AMBIGUOUS);
});

it('a retry after an event without a run, which no plan holds, is refused before any call', async () => {
  await setUpFor(downedMachines());
  const found = event();
  const execution = executionOf(retry);
  if (!isActionable(found) || execution.kind !== 'call') throw new Error('nothing to carry out');
  const completion = ownCompletion('event-1');
  const call = { record: retry, body: '{}', event: found, completion, keys: [retry.key] };

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

  world.later(200 * SECOND);
  world.cyberdesk.runs = [{ ...createdRun('run-1'), status: 'running' }];

  expect(await processEvent()).toMatchObject({ outcome: 'processed' });
  expect(world.cyberdesk.named('retryRun')).toHaveLength(1);
  expect(world.cyberdesk.named('findRuns')).toHaveLength(0);
});

it('a run that still shows that it is running is retried under the same key, as the answer may be older than its end', async () => {
  await setUp({ name: 'r', actions: () => retryRun({ max: 1 }) });
  failCall('retryRun', { mayHaveTakenEffect: true });
  await processEvent();
  recover();
  world.later(6 * SECOND);
  world.cyberdesk.runs = [{ ...createdRun('run-1'), status: 'running' }];

  expect(await processEvent()).toMatchObject({ outcome: 'processed' });
  const [first, ...others] = world.cyberdesk.named('retryRun');
  expect(others.map(({ args }) => args.slice(0, 3))).toEqual([first?.args.slice(0, 3)]);
});

it('a retry that may have been made before a restore is left to a person if no end of the run was known', async () => {
  const restored = { ...retry, fence: START + HOUR };
  const ended = shown({ ended_at: iso(START + 2 * MINUTE) });

  expect(await lookUp(ended, restored, '{}', { completion: ownCompletion('event-1') })).toEqual(AMBIGUOUS);
  expect(await lookUp(ended, retry, '{}', { completion: ownCompletion('event-1') })).toEqual(ours);
});

it('a retry without a response and without a conclusive end has an unknown outcome', async () => {
  await setUpWith({ ended_at: null }, { name: 'r', actions: () => retryRun({ max: 1 }) });
  failCall('retryRun', { mayHaveTakenEffect: true });
  world.later(70 * SECOND);
  await processEvent();
  world.cyberdesk.runs = [
    runSnapshot({ status: 'error', created_at: '', ended_at: iso(START + 70 * SECOND) }),
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
  world.cyberdesk.runs = [runSnapshot({ status: 'success', created_at: '', ended_at: iso(END + SECOND) })];
  world.later(6 * SECOND);

  expect(await processEvent({}, 2)).toMatchObject({ outcome: 'processed' });
  expect(world.cyberdesk.named('retryRun')).toHaveLength(1);
});

it.each([
  ['no status', { status: undefined }],
  ['an unknown status and the end that it had', { status: 'timed_out', ended_at: iso(END) }],
  ['no end', { status: 'success' }],
])('a retry without a response is for a person if the run shows %s', async (_, more) => {
  await setUp({ name: 'r', actions: () => retryRun({ max: 1 }) });
  failCall('retryRun', { mayHaveTakenEffect: true });
  await processEvent();
  world.cyberdesk.runs = [runSnapshot(more)];
  world.later(HOUR);

  await processEvent({}, 2);

  expect(event()).toMatchObject({ state: 'failed', reason: 'outcome_unknown' });
  expect(world.cyberdesk.named('retryRun')).toHaveLength(1);
});

it('a retry without a response is sent again while its key is known, if the run shows too little', async () => {
  await setUp({ name: 'r', actions: () => retryRun({ max: 1 }) });
  failCall('retryRun', { mayHaveTakenEffect: true });
  await processEvent();
  delete world.cyberdesk.answers.retryRun;
  world.cyberdesk.runs = [runSnapshot({ status: 'success' })];
  world.later(6 * SECOND);

  expect(await processEvent({}, 2)).toMatchObject({ outcome: 'processed' });
  const keys = world.cyberdesk.named('retryRun').map(({ args }) => args[2]);
  expect(keys).toHaveLength(2);
  expect(new Set(keys).size).toBe(1);
});
