import { expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import { notify, publish, type RuleDefinition, startChain, startRun } from '../../../lambda/rules/index.ts';
import { answered, callFailure } from '../support/cyberdesk.ts';
import {
  beforePut,
  completion,
  createRunCalls,
  failCall,
  processEvent,
  setUp,
  world,
} from '../support/scenario.ts';
import { START } from '../support/system.ts';

const startTwo: RuleDefinition = {
  name: 'r',
  actions: () => [startRun({ workflow_id: 'a' }), startRun({ workflow_id: 'b' })],
};

it('an action that waits does not hold up the others', async () => {
  await setUp(startTwo);
  world.cyberdesk.answers.createRun = (body) =>
    body.includes('"a"')
      ? callFailure({ status: 503, mayHaveTakenEffect: true })
      : answered({ runIds: ['b'] });

  expect(await processEvent()).toEqual({ kind: 'wait', until: START + 5 * SECOND, because: 'retry' });

  world.later(SECOND);

  expect(await processEvent()).toEqual({ kind: 'wait', until: START + 5 * SECOND, because: 'not_due' });
  expect(createRunCalls()).toHaveLength(2);
});

it('each action waits for its own time', async () => {
  await setUp(startTwo);
  failCall('createRun', { status: 401 });
  await processEvent();
  world.model.force({
    ...completion(),
    not_before: START,
    actions:
      completion().actions?.map((planned, i) => ({ ...planned, not_before: START + (i + 1) * HOUR })) ?? [],
  });
  world.later(2 * HOUR - 1);
  delete world.cyberdesk.answers.createRun;

  expect(await processEvent({}, 2)).toEqual({ kind: 'wait', until: START + 2 * HOUR, because: 'not_due' });
  expect(completion().actions?.map(({ result }) => result !== undefined)).toEqual([true, false]);
});

it('the failure of one action does not withhold the others', async () => {
  await setUp({
    name: 'r',
    actions: () => [startRun({ workflow_id: 'closed' }), publish(), startRun({ workflow_id: 'open' })],
  });
  world.cyberdesk.answers.createRun = (body) =>
    body.includes('closed') ? callFailure({ status: 400 }) : answered({ runIds: ['x'] });

  expect(await processEvent()).toMatchObject({ outcome: 'failed' });
  expect(world.announced).toHaveLength(1);
  expect(completion().actions?.map(({ result, failure }) => result?.run_ids ?? failure)).toEqual([
    { reason: 'refused', status: 400 },
    [],
    ['x'],
  ]);
});

it('an action of an unknown kind waits for the release that knows it, and does not hold up the others', async () => {
  await setUp(startTwo);
  failCall('createRun', { status: 403 });
  await processEvent();
  const [first, second] = completion().actions ?? [];
  world.model.force({
    ...completion(),
    actions: [{ ...first, ...JSON.parse('{"kind":"callWebhook"}') }, ...(second ? [second] : [])],
  });
  world.later(MINUTE);
  delete world.cyberdesk.answers.createRun;

  expect(await processEvent({}, 2)).toEqual({
    kind: 'wait',
    until: START + 16 * MINUTE,
    because: 'later_release',
  });

  expect(completion().actions?.map(({ result }) => result?.run_ids)).toEqual([undefined, ['started-1']]);
  expect(completion()).toMatchObject({ crashes: 0, not_before: START + 16 * MINUTE });
  expect(completion()).not.toHaveProperty('lease');
});

it.each<[string, RuleDefinition['actions']]>([
  ['call', startTwo.actions],
  ['announcement', () => [notify(), notify('again')]],
])('a %s that is exhausted does not wake the message of another one that waits', async (_, actions) => {
  await setUp({ name: 'r', actions });
  failCall('createRun', { status: 401 });
  world.worker.topics = { ...world.worker.topics, notify: async () => ({ kind: 'failed' }) };
  await processEvent();
  const [first, second] = completion().actions ?? [];
  if (!first || !second) throw new Error('there are two actions');
  const exhausted = { ...first, delayed: DAY, not_before: START };
  const waiting = { ...second, not_before: START + HOUR };
  world.model.force({ ...completion(), not_before: START, actions: [exhausted, waiting] });
  world.later(MINUTE);

  expect(await processEvent({}, 2)).toEqual({ kind: 'wait', until: START + HOUR, because: 'not_due' });
  expect(completion().actions?.map(({ failure }) => failure?.reason)).toEqual(['exhausted', undefined]);
});

it('each action is tried once before any is tried twice, even if the first ones fail slowly', async () => {
  const SLOW = 5;
  const names = [...Array.from({ length: SLOW }, (_, n) => `slow-${n}`), 'fine'];
  await setUp({ name: 'r', actions: () => names.map((workflow_id) => startRun({ workflow_id })) });
  world.cyberdesk.answers.createRun = (body) => {
    if (body.includes('fine')) return answered({ runIds: ['x'] });
    world.system.time += 20 * SECOND;
    return callFailure({ status: 503, mayHaveTakenEffect: false });
  };

  for (let invocation = 1; invocation <= SLOW && !wasStarted('fine'); invocation += 1) {
    world.worker.deadline = world.system.time + 30 * SECOND;
    await processEvent({}, invocation);
    world.later(2 * MINUTE);
  }

  const tried = createRunCalls().map(({ body }) => JSON.parse(body).workflow_id);
  expect(tried.slice(0, names.length)).toEqual(names);
});

const wasStarted = (name: string) => createRunCalls().some(({ body }) => body.includes(name));

it('an action that throws does not hold up the others, and its message comes again', async () => {
  await setUp({ name: 'r', actions: () => [notify(), startRun({ workflow_id: 'w' }), publish()] });
  const { topics } = world.worker;
  world.worker.topics = { ...topics, notify: () => Promise.reject(new Error('a mistake of ours')) };

  await expect(processEvent()).rejects.toThrow('a mistake of ours');

  expect(completion().actions?.map(({ result }) => result !== undefined)).toEqual([false, true, true]);
  expect(completion()).toMatchObject({ crashes: 0 });
  expect(completion()).not.toHaveProperty('lease');
  world.worker.topics = topics;
  expect(await processEvent({}, 2)).toMatchObject({ outcome: 'processed' });
  expect([world.announced.length, createRunCalls().length]).toEqual([2, 1]);
});

it('a message whose actions throw fails with the error of the first of them', async () => {
  await setUp({ name: 'r', actions: () => [notify(), publish()] });
  world.worker.topics = {
    notify: () => Promise.reject(new Error('the first')),
    publish: () => Promise.reject(new Error('the second')),
  };

  await expect(processEvent()).rejects.toThrow('the first');
});

it('a worker that has lost its completion carries out no other action', async () => {
  await setUp({ name: 'r', actions: () => [notify(), startRun({ workflow_id: 'w' }), publish()] });
  let isTaken = false;
  beforePut(() => {
    if (!isTaken && world.announced.length > 0) {
      isTaken = true;
      world.model.force({ ...completion(), tag: 'of another worker' });
    }
  });

  expect(await processEvent()).toMatchObject({ kind: 'wait', because: 'leased' });
  expect(world.announced.map(({ topic }) => topic)).toEqual(['notify']);
  expect(createRunCalls()).toEqual([]);
});

it.each([null, {}, 'x', [null]])(
  'a chain whose steps are %j, as JavaScript may return, does not throw when it is looked up',
  async (steps) => {
    await setUp({
      name: 'r',
      actions: () => [startChain({ steps } as never), startRun({ workflow_id: 'w' })],
    });
    failCall('createChain', { status: 500, mayHaveTakenEffect: true });
    await processEvent();
    world.later(5 * MINUTE);

    expect(await processEvent({}, 2)).toMatchObject({ kind: 'wait' });
    expect(completion().actions?.[0]).toMatchObject({ tries: 2 });
  },
);
