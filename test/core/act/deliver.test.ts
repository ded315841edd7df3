import { expect, it } from 'vitest';
import { DAY, SECOND } from '../../../lambda/core/model/time.ts';
import { readEvent } from '../../../lambda/delivery/index.ts';
import { deliver, notify } from '../../../lambda/rules/index.ts';
import { action, completion, event, processEvent, setUp, setUpFor, world } from '../support/scenario.ts';
import { START } from '../support/system.ts';
import { settings } from '../support/world.ts';

const rule = { name: 'hand-over', actions: () => deliver('persist') };
/** A body with what a copy would change: spaces, an order of keys, and digits that a double does not have. */
const BODY = `{ "event_type": "run_complete","event_id":"event-1",
  "run":{"workflow_id":"w","id":"run-1","status":"success","output_data":{"n":12345678901234567890,"x":1.0}}}`;

it('a delivery holds the body as it was received, in a CloudEvent under the key of its action', async () => {
  await setUpFor(Buffer.from(BODY), rule);
  world.later(70 * SECOND);

  await processEvent();
  const [delivery] = world.delivered;
  const { key } = completionOfEvent();

  expect(delivery?.whole.endsWith(`,"data":${BODY}}`)).toBe(true);
  const { data, ...attributes } = JSON.parse(delivery?.whole ?? '');
  expect(data.run.id).toBe('run-1');
  expect(attributes).toEqual({
    specversion: '1.0',
    id: key,
    source: settings.installation,
    type: 'io.cyberdesk.run_complete',
    subject: 'run-1',
    time: event().received_at,
    datacontenttype: 'application/json',
    eventid: 'event-1',
    rule: 'hand-over',
  });
  expect(JSON.parse(delivery?.reference ?? '')).toEqual({
    ...attributes,
    dataref: 'dynamodb://eu-central-1/events/event-1',
  });
  expect(delivery).toMatchObject({ destination: 'persist', dedupeId: key, subject: 'run-1' });
});

it('a handler of the stack gets the body as bytes, of which Node.js has rounded no number', async () => {
  await setUpFor(Buffer.from(BODY), rule);
  world.worker.settings = { ...settings, handlers: ['persist'] };
  world.later(70 * SECOND);

  await processEvent();
  // As the runtime of a function does, before any code that is in it.
  const invokedWith = JSON.parse(world.delivered[0]?.whole ?? '');

  expect(invokedWith).not.toHaveProperty('data');
  expect(JSON.stringify(await readEvent(invokedWith))).toContain('{"n":12345678901234567890,"x":1}');
});

/** The action of an event whose completion has no known end. */
function completionOfEvent() {
  const [found] = [...world.model.items.values()].filter((item) => 'actions' in item);
  return action(found as never);
}

it('the time of a delivery is the end of its run', async () => {
  await setUp(rule);

  await processEvent();

  expect(JSON.parse(world.delivered[0]?.whole ?? '').time).toBe(
    new Date(event().ended_at ?? 0).toISOString(),
  );
});

it('an event that is not about a run is delivered under its own id', async () => {
  const body = { event_id: 'event-1', event_type: 'downed_machines', machines: [{ machine_id: 'm' }] };
  await setUpFor(Buffer.from(JSON.stringify(body)), {
    name: 'down',
    event: 'downed_machines',
    actions: () => deliver('persist'),
  });

  await processEvent();

  expect(world.delivered[0]).toMatchObject({ subject: 'event-1', type: 'io.cyberdesk.downed_machines' });
});

it('a delivery that has succeeded is recorded with its destination, after a failed try', async () => {
  await setUp(rule);
  let tries = 0;
  const { destinations } = world.worker;
  world.worker.destinations = {
    deliver: async (...call) => {
      tries += 1;
      return tries > 1
        ? destinations.deliver(...call)
        : { kind: 'failed', problem: 'function_failed', status: 200 };
    },
  };

  expect(await processEvent()).toEqual({ kind: 'wait', until: START + 5 * SECOND, because: 'retry' });
  expect(action()).toMatchObject({ tries: 1, last_failure: { kind: 'function_failed', status: 200 } });
  world.later(5 * SECOND);
  expect(await processEvent({}, 2)).toMatchObject({ outcome: 'processed' });

  expect(action()).toMatchObject({ destination: 'persist', result: { run_ids: [] } });
});

it('a delivery that goes on failing fails its event after a day, and says why', async () => {
  await setUp(rule);
  world.worker.destinations = {
    deliver: async () => ({ kind: 'failed', problem: 'not_delivered', error: 'TimeoutError' }),
  };
  await processEvent();
  world.model.force({
    ...completion(),
    not_before: START,
    actions: [{ ...action(), not_before: START, delayed: DAY }],
  });

  expect(await processEvent({}, 2)).toMatchObject({ outcome: 'failed' });
  expect(event()).toMatchObject({ reason: 'exhausted' });
  expect(action()).toMatchObject({ last_failure: { kind: 'not_delivered', error: 'TimeoutError' } });
});

it('a delivery that is refused fails at once, with the status, and the actions after it are carried out', async () => {
  await setUp({ name: 'both', actions: () => [deliver('persist'), notify()] });
  world.worker.destinations = { deliver: async () => ({ kind: 'refused', status: 404 }) };

  expect(await processEvent()).toMatchObject({ outcome: 'failed' });
  expect(action()).toMatchObject({ failure: { reason: 'refused', status: 404 } });
  expect(world.announced).toHaveLength(1);
});

it('a delivery to a destination that the stage does not have fails without being sent', async () => {
  await setUp({ name: 'hand-over', actions: () => deliver('nowhere') });

  expect(await processEvent()).toMatchObject({ outcome: 'failed' });
  expect(event()).toMatchObject({ reason: 'destination_missing' });
  expect(world.delivered).toEqual([]);
});

it('a delivery without a name fails the plan, as JavaScript may return one', async () => {
  await setUp({ name: 'hand-over', actions: () => deliver('') });

  await processEvent();

  expect(event()).toMatchObject({ reason: 'rule_threw' });
});

it('a completion is claimed before anything is delivered, and a delivery ends with its lease', async () => {
  await setUp(rule);
  let seen: unknown;
  world.worker.destinations = {
    deliver: async (_, { until }) => {
      seen = { lease: completion().lease?.until, until };
      return { kind: 'delivered' };
    },
  };

  await processEvent();

  expect(seen).toEqual({ lease: START + settings.lease, until: START + 10 * SECOND });
});

it('a delivery waits when the invocation has no time left for it', async () => {
  await setUp({ name: 'both', actions: () => [notify(), deliver('persist')] });
  const { topics } = world.worker;
  world.worker.topics = {
    ...topics,
    notify: (...announcement) => {
      world.system.time = world.worker.deadline - 9 * SECOND;
      return topics.notify(...announcement);
    },
  };

  expect(await processEvent()).toMatchObject({ kind: 'wait' });
  expect(world.delivered).toEqual([]);
});
