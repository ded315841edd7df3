import { expect, it } from 'vitest';
import { DAY, SECOND } from '../../../lambda/core/model/time.ts';
import { notify, publish, type RuleDefinition } from '../../../lambda/rules/index.ts';
import { action, completion, event, processEvent, setUp, setUpWith, world } from '../support/scenario.ts';
import { START } from '../support/system.ts';
import { settings } from '../support/world.ts';

it('an announcement is retried, and fails when its delays add up to a day', async () => {
  await setUp({ name: 'r', actions: () => notify() });
  const topics = world.worker.topics;
  world.worker.topics = { ...topics, notify: () => Promise.reject(new Error('down')) };

  expect(await processEvent()).toEqual({ kind: 'wait', until: START + 5 * SECOND, because: 'retry' });
  expect(action()).toMatchObject({
    tries: 1,
    delayed: 5 * SECOND,
    last_failure: { kind: 'not_announced', error: 'Error', at: START },
  });

  world.model.force({
    ...completion(),
    not_before: START,
    actions: [{ ...action(), not_before: START, delayed: DAY }],
  });

  expect(await processEvent({}, 2)).toMatchObject({ outcome: 'failed' });
  expect(event()).toMatchObject({ reason: 'exhausted' });
});

it('a completion is claimed before anything is announced, so that two workers do not announce it at once', async () => {
  await setUp({ name: 'r', actions: () => notify() });
  let held: unknown;
  world.worker.topics = {
    ...world.worker.topics,
    notify: async () => {
      held = completion().lease;
    },
  };

  await processEvent();

  expect(held).toMatchObject({ until: START + settings.lease });
});

it('an announcement waits when the invocation has no time left', async () => {
  await setUp({ name: 'r', actions: () => [publish(), notify()] });
  const { publish: send } = world.worker.topics;
  world.worker.topics = {
    ...world.worker.topics,
    publish: async (announcement) => {
      await send(announcement);
      world.system.time = world.worker.deadline;
    },
  };

  expect(await processEvent()).toEqual({ kind: 'wait', until: START + 31 * SECOND, because: 'no_time' });
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

it('an error whose name may be a text is kept as a mere error', async () => {
  await setUp({ name: 'r', actions: () => notify() });
  const error = Object.assign(new Error('down'), { name: 'three invoices filed' });
  world.worker.topics = { ...world.worker.topics, notify: () => Promise.reject(error) };

  await processEvent();

  expect(action().last_failure).toEqual({ kind: 'not_announced', error: 'Error', at: START });
});
