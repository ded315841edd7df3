import { beforeEach, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import {
  type Message,
  type MessageFacts,
  processMessage,
} from '../../../lambda/core/process/process-message.ts';
import { notify, publish } from '../../../lambda/rules/index.ts';
import { pauseItem } from '../support/items.ts';
import { action, completion, failCall, receiveWebhook, setUp, setUpFor, world } from '../support/scenario.ts';
import { START } from '../support/system.ts';
import { runComplete, startNext } from '../support/webhooks.ts';

beforeEach(() => setUp(startNext));

/** What is known of a message for `event-1`, or another event, once it has been handled. */
async function factsAfter(event = 'event-1'): Promise<MessageFacts> {
  const message: Message = { body: JSON.stringify({ v: 1, event }), receives: 1, facts: {} };
  await processMessage(world.worker, message);
  return message.facts;
}

const KNOWN = { event_id: 'event-1', run_id: 'run-1' };

it('the facts of a processed message are its event and its run, and nothing else', async () => {
  expect(await factsAfter()).toEqual(KNOWN);
});

it('the facts of a duplicate are its own event and its run, and nothing else', async () => {
  await factsAfter();
  await receiveWebhook(runComplete({}, { event_id: 'twin' }), 'msg_2');

  expect(await factsAfter('twin')).toEqual({ event_id: 'twin', run_id: 'run-1' });
});

it('the facts of a message that is garbage are why it is in the dead-letter queue', async () => {
  const message: Message = { body: 'garbage', receives: 1, facts: {} };

  await processMessage(world.worker, message);

  expect(message.facts).toEqual({ reason: 'garbage' });
});

it('the facts of a message without an event name the event that is missing', async () => {
  expect(await factsAfter('gone')).toEqual({ event_id: 'gone', reason: 'event_missing' });
});

it('the facts of an ignored event say why it is ignored', async () => {
  const body = JSON.stringify({ event_id: 'event-1', event_type: 'workflow_published' });
  await setUpFor(Buffer.from(body), startNext);

  expect(await factsAfter()).toEqual({ event_id: 'event-1', reason: 'unknown_event_type' });
});

it('the facts of an event whose call was refused hold the reason and the HTTP status', async () => {
  failCall('createRun', { status: 422 });

  expect(await factsAfter()).toEqual({ ...KNOWN, reason: 'refused', http_status: 422 });
});

it('the facts of an event whose rule threw say which rule, and what kind of error', async () => {
  await setUp({
    name: 'broken',
    actions: () => {
      throw new RangeError('payload');
    },
  });

  const facts = await factsAfter();

  expect(facts).toMatchObject({ ...KNOWN, reason: 'rule_threw', thrown: { rule: 'broken' } });
  expect(facts.thrown).toMatchObject({ error: 'RangeError' });
  expect(facts.http_status).toBeUndefined();
  expect(JSON.stringify(facts)).not.toContain('payload');
});

it('the facts of a waiting message hold the rule, the tries and the last failure of its action', async () => {
  failCall('createRun', { status: 503 });

  expect(await factsAfter()).toEqual({
    ...KNOWN,
    failing: { rule: 'start-next', tries: 1, failure: { kind: 'answered', status: 503, at: START } },
  });
});

it('the facts of a waiting message are about the first action that is open and has failed', async () => {
  await setUp(
    ...['sent', 'recovering', 'down', 'down-too'].map((name) => ({ name, actions: () => notify() })),
  );
  const failing = new Set<unknown>(['recovering', 'down', 'down-too']);
  world.worker.topics = {
    ...world.worker.topics,
    notify: async ({ fields }) => {
      return failing.has(fields.rule) ? { kind: 'failed', error: 'Error' } : { kind: 'announced' };
    },
  };
  expect((await factsAfter()).failing).toMatchObject({ rule: 'recovering', tries: 1 });
  failing.delete('recovering');
  world.later(5 * SECOND);

  expect((await factsAfter()).failing).toMatchObject({ rule: 'down', tries: 2 });
  expect(completion().actions?.[1]).toMatchObject({ result: {}, last_failure: {} });
});

it('the facts of a message that waits without a failure name none', async () => {
  await setUp({ name: 'r', actions: () => [publish(), notify()] });
  const { topics } = world.worker;
  world.worker.topics = {
    ...topics,
    publish: (...announcement) => {
      world.system.time = world.worker.deadline;
      return topics.publish(...announcement);
    },
  };

  expect(await factsAfter()).toEqual(KNOWN);
  expect(completion()).toHaveProperty('not_before');
});

it('the facts of a message that waits for the end of a pause name no failure', async () => {
  world.model.force(pauseItem({ until: START + MINUTE, streak: 1 }));

  expect(await factsAfter()).toEqual(KNOWN);
});

it('the facts of a message are known although handling it throws', async () => {
  const message: Message = { body: JSON.stringify({ v: 1, event: 'event-1' }), receives: 1, facts: {} };
  failCall('createRun', { status: 422 });
  world.worker.deadLetters = { send: () => Promise.reject(new Error('down')) };

  await expect(processMessage(world.worker, message)).rejects.toThrow('down');

  expect(message.facts).toEqual({ ...KNOWN, reason: 'refused', http_status: 422 });
  expect(action().failure).toMatchObject({ reason: 'refused' });
});
