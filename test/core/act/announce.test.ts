import { expect, it } from 'vitest';
import { DAY, SECOND } from '../../../lambda/core/model/time.ts';
import { notify, publish, type RuleDefinition, startRun } from '../../../lambda/rules/index.ts';
import { action, completion, event, processEvent, setUp, setUpWith, world } from '../support/scenario.ts';
import { START } from '../support/system.ts';
import { settings } from '../support/world.ts';

it('an announcement is retried, and fails when its delays add up to a day', async () => {
  await setUp({ name: 'r', actions: () => notify() });
  const topics = world.worker.topics;
  world.worker.topics = {
    ...topics,
    notify: async () => ({ kind: 'failed', error: 'InternalErrorException', status: 500 }),
  };

  expect(await processEvent()).toEqual({ kind: 'wait', until: START + 5 * SECOND, because: 'retry' });
  expect(action()).toMatchObject({
    tries: 1,
    delayed: 5 * SECOND,
    last_failure: { kind: 'not_announced', error: 'InternalErrorException', status: 500, at: START },
  });

  world.model.force({
    ...completion(),
    not_before: START,
    actions: [{ ...action(), not_before: START, delayed: DAY }],
  });

  expect(await processEvent({}, 2)).toMatchObject({ outcome: 'failed' });
  expect(event()).toMatchObject({ reason: 'exhausted' });
});

it('a completion is claimed before anything is announced, and an announcement ends after ten seconds', async () => {
  await setUp({ name: 'r', actions: () => notify() });
  let held: unknown;
  world.worker.topics = {
    ...world.worker.topics,
    notify: async (_, { until }) => {
      held = { lease: completion().lease?.until, until };
      return { kind: 'announced' };
    },
  };

  await processEvent();

  expect(held).toEqual({ lease: START + settings.lease, until: START + 10 * SECOND });
});

it('an announcement waits when the invocation has no time left', async () => {
  await setUp({ name: 'r', actions: () => [publish(), notify()] });
  const { publish: send } = world.worker.topics;
  world.worker.topics = {
    ...world.worker.topics,
    publish: (announcement, limit) => {
      world.system.time = world.worker.deadline - 9 * SECOND;
      return send(announcement, limit);
    },
  };

  expect(await processEvent()).toEqual({ kind: 'wait', until: START + 22 * SECOND, because: 'no_time' });
  expect(world.announced).toHaveLength(1);
});

it('an announcement holds ids, status and links only', async () => {
  const rule: RuleDefinition = {
    name: 'announce',
    actions: () => [notify('Look'), publish({ a: 'b' })],
  };
  await setUpWith({ status: 'error' }, rule);

  await processEvent();

  const { announced } = world;

  expect(announced.map(({ topic }) => topic)).toEqual(['notify', 'publish']);
  expect(JSON.stringify(announced)).not.toContain('invoices');
  expect(announced[0]?.subject).toBe('Look');
  expect(announced[1]).toMatchObject({
    attributes: { a: 'b', status: 'error', rule: 'announce', stage: 'dev' },
    fields: { run_id: 'run-1', run_url: `${settings.apiUrl}/v1/runs/run-1` },
  });
});

it('an announcement that the topic refuses fails at once, with the status, and the actions after it are carried out', async () => {
  await setUp({ name: 'both', actions: () => [publish(), notify()] });
  world.worker.topics = { ...world.worker.topics, publish: async () => ({ kind: 'refused', status: 400 }) };

  expect(await processEvent()).toMatchObject({ outcome: 'failed' });
  expect(event()).toMatchObject({ reason: 'refused' });
  expect(action()).toMatchObject({ tries: 0, failure: { reason: 'refused', status: 400 } });
  expect(world.announced).toHaveLength(1);
});

it('a topic that does not answer is charged to its announcement alone, and the actions after it are carried out', async () => {
  await setUp({ name: 'both', actions: () => [notify(), startRun({ workflow_id: 'w' })] });
  world.worker.topics = {
    ...world.worker.topics,
    notify: async (_, { until }) => {
      world.system.time = until;
      return { kind: 'failed', error: 'AbortError' };
    },
  };

  expect(await processEvent()).toMatchObject({ kind: 'wait', because: 'retry' });
  expect(action()).toMatchObject({ tries: 1, last_failure: { kind: 'not_announced', error: 'AbortError' } });
  expect(completion()).toMatchObject({ crashes: 0, actions: [{}, { result: {} }] });
});
