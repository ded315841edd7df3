import { beforeEach, describe, expect, it } from 'vitest';
import { type CompletionItem, eventKey, sha256 } from '../../../lambda/core/model/index.ts';
import {
  type AnyRule,
  followUps,
  type MachinesRule,
  notify,
  type OtherRule,
  publish,
  retryRun,
  startRun,
} from '../../../lambda/rules/index.ts';
import { completionItem } from '../support/items.ts';
import {
  createRunCalls,
  deadLetters,
  event,
  justBefore,
  lineage,
  loseResponse,
  processEvent,
  receiveWebhook,
  setUpFor,
  world,
} from '../support/scenario.ts';
import { downedMachines, startNext } from '../support/webhooks.ts';

const keyOf = (webhook: Uint8Array) => ({
  pk: 'occurrence#event-1',
  sk: `completion#event:event-1~${sha256(webhook).slice(0, 16)}`,
});
const KEY = keyOf(downedMachines());

const restart: MachinesRule = {
  name: 'restart',
  event: 'downed_machines',
  actions: ({ event: { machines } }) => [
    notify(),
    ...machines.map(({ machine_id }) => startRun({ workflow_id: 'restart', input_values: { machine_id } })),
  ],
};

/** As Cyberdesk might send it one day. */
const published = (envelope: object = {}) =>
  Buffer.from(
    JSON.stringify({
      event_id: 'event-1',
      event_type: 'workflow_published',
      workflow: { id: 'w' },
      ...envelope,
    }),
  );

const tell: OtherRule = {
  name: 'tell',
  event: 'workflow_published',
  guard: (payload): payload is unknown => JSON.stringify(payload).includes('"workflow":'),
  actions: () => publish(),
};

const completion = (): CompletionItem | undefined => world.model.completion(KEY);

describe('an event about machines that are down', () => {
  beforeEach(() => setUpFor(downedMachines(), restart, startNext));

  it('an event about machines is carried out once, as a completion of its own where the verifier cannot write', async () => {
    expect(await processEvent()).toEqual({ kind: 'acknowledge', outcome: 'processed' });
    expect(await processEvent({}, 2)).toEqual({ kind: 'acknowledge', outcome: 'finished_before' });

    expect(createRunCalls().map(({ body }) => JSON.parse(body))).toEqual([
      { workflow_id: 'restart', input_values: { machine_id: 'machine-1' } },
    ]);
    expect(completion()).toMatchObject({ owner: 'event-1', done: true, depth: 0, retries: 0 });
    expect(world.announced).toHaveLength(1);
  });

  it('an event about machines is the parent of the runs that it starts', async () => {
    await processEvent();

    expect(lineage('started-1')).toMatchObject({ depth: 1, parent: `${KEY.pk} ${KEY.sk}` });
  });

  it('an event about machines is announced with their ids, and nothing else of the payload', async () => {
    await processEvent();

    expect(world.announced[0]?.fields).toEqual({
      event_id: 'event-1',
      event_type: 'downed_machines',
      machine_ids: 'machine-1',
      rule: 'restart',
      stage: 'dev',
      depth: 0,
      retries: 0,
    });
  });

  it('an action after an event about machines keeps its idempotency key over a lost response', async () => {
    await loseResponse();
    world.later(3_600_000);
    await processEvent({}, 2);

    const [first, ...others] = world.cyberdesk.named('createRun').map(({ args }) => args[1]);
    expect(first).toBeDefined();
    expect(new Set([first, ...others]).size).toBe(1);
  });

  it('an event about machines is the same one again, whoever sends it', async () => {
    expect(await receiveWebhook(downedMachines(), 'msg_2')).toEqual({
      event: 'event-1',
      outcome: 'duplicate',
    });
  });

  it('an event about machines is the same one where a transformation changes each delivery of its message', async () => {
    const changed = downedMachines({ delivered_at: 'now' });

    expect(await receiveWebhook(changed, 'msg_1')).toEqual({ event: 'event-1', outcome: 'duplicate' });
  });

  it('an event about machines is another one where another message has its event id but other bytes', async () => {
    const other = downedMachines({ occurred_at: '2026-11-25T11:00:00Z' });

    expect(await receiveWebhook(other, 'msg_2')).toEqual({ event: 'msg_2', outcome: 'accepted' });
    expect(await receiveWebhook(other, 'msg_2')).toEqual({ event: 'msg_2', outcome: 'duplicate' });
  });

  it('an event about machines that gets the id of one that has expired is carried out as well', async () => {
    await processEvent();
    world.model.remove(eventKey('event-1'));
    await receiveWebhook(downedMachines({ occurred_at: '2027-03-12T10:00:00Z' }), 'msg_2');

    expect(await processEvent()).toEqual({ kind: 'acknowledge', outcome: 'processed' });
    expect(createRunCalls()).toHaveLength(2);
    expect(new Set(createRunCalls().map(({ key }) => key)).size).toBe(2);
  });

  it('an event about machines that is delivered again after it has expired is not carried out again', async () => {
    await processEvent();
    world.model.remove(eventKey('event-1'));
    await receiveWebhook(downedMachines(), 'msg_2');

    expect(await processEvent()).toEqual({ kind: 'acknowledge', outcome: 'processed' });
    expect(createRunCalls()).toHaveLength(1);
  });
});

it('a message that was unprocessable is another event once its transformation is repaired', async () => {
  await setUpFor(downedMachines({ machines: 'none' }), restart);
  expect(event()).toMatchObject({ state: 'unprocessable', reason: 'missing_fields' });

  expect(await receiveWebhook(downedMachines(), 'msg_1')).toEqual({ event: 'msg_1', outcome: 'accepted' });
});

describe('an event of a type that is known by its name only', () => {
  it('an event of another type is carried out where a rule is about it and its guard accepts the payload', async () => {
    await setUpFor(published(), startNext, tell);
    await processEvent();

    expect(event()).toMatchObject({ state: 'processed', type: 'workflow_published' });
    expect(world.announced).toMatchObject([
      { topic: 'publish', attributes: { event_type: 'workflow_published', rule: 'tell' } },
    ]);
  });

  it('an event of another type leads to nothing where the guard does not accept the payload', async () => {
    await setUpFor(published({ workflow: undefined }), tell);
    await processEvent();

    expect(event().state).toBe('processed');
    expect(world.announced).toEqual([]);
  });

  it('an event about a run is not the same as one of another type about that run', async () => {
    const of = (event_type: string) => published({ event_type, run: { id: 'run-1', status: 'success' } });
    await setUpFor(of('run_archived'), tell);

    expect(await receiveWebhook(of('run_restored'), 'msg_2')).toMatchObject({ event: 'msg_2' });
    expect(event()).toMatchObject({ run_id: 'run-1' });
  });
});

describe('an event that no rule is about', () => {
  it.each([
    ['downed_machines', downedMachines()],
    ['workflow_published', published()],
  ])('an event of type %s that no rule is about is ignored', async (_, body) => {
    await setUpFor(body, startNext);

    expect(await processEvent()).toEqual({ kind: 'acknowledge', outcome: 'ignored' });
    expect(event()).toMatchObject({ state: 'ignored', reason: 'unknown_event_type' });
    expect(event()).toHaveProperty('ttl');
    expect(event()).not.toHaveProperty('open');
  });

  it('a worker with older rules does not finish an event while one with newer rules is in the middle of it', async () => {
    await setUpFor(downedMachines(), startNext);
    const lease = { token: 'newer', until: world.system.now() + 60_000 };
    justBefore(
      ({ pk }) => pk === KEY.pk,
      () => world.model.force(completionItem({ ...KEY, lease, planned: 0, actions: [] })),
    );

    expect(await processEvent()).toMatchObject({ kind: 'wait' });
    expect(event().state).toBe('received');
  });
});

describe('a replan of an event that no rule was about', () => {
  it('a replan of an ignored event asks the rules that are about it by now', async () => {
    await setUpFor(downedMachines(), startNext);
    await processEvent();
    world.worker.rules = followUps(restart);

    expect(await processEvent({ reopen: 1 })).toEqual({ kind: 'acknowledge', outcome: 'processed' });
    expect(await processEvent({ reopen: 1 }, 2)).toMatchObject({ outcome: 'finished_before' });

    expect(createRunCalls()).toHaveLength(1);
  });

  it('a replan of an event that an earlier release has ignored at the door asks the rules', async () => {
    await setUpFor(downedMachines(), restart);
    world.model.force({ ...event(), state: 'ignored', reason: 'unknown_event_type' });
    await processEvent({ reopen: 1 });

    expect(event()).toMatchObject({ state: 'processed', round: 1 });
    expect(createRunCalls()).toHaveLength(1);
  });

  it('a replan leaves what is ignored for another reason as it is', async () => {
    await setUpFor(downedMachines(), restart);
    world.model.force({ ...event(), state: 'ignored', reason: 'svix_ping' });

    expect(await processEvent({ reopen: 1 })).toMatchObject({ outcome: 'finished_before' });
    expect(createRunCalls()).toEqual([]);
  });
});

it('a rule in JavaScript that retries the run of an event without one fails it with that reason', async () => {
  const wrong = { ...restart, actions: () => retryRun({ max: 1 }) } as unknown as AnyRule;
  await setUpFor(downedMachines(), wrong);

  expect(await processEvent()).toEqual({ kind: 'acknowledge', outcome: 'failed' });
  expect(event()).toMatchObject({ state: 'failed', reason: 'no_run' });
  expect(deadLetters()).toEqual([[{ v: 1, event: 'event-1', reopen: 1 }, 'no_run']]);
});
