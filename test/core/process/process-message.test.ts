import { beforeEach, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import { processMessage } from '../../../lambda/core/process/process-message.ts';
import { completionItem, lineageItem } from '../support/items.ts';
import {
  COMPLETION,
  completion,
  deadLetters,
  event,
  processEvent,
  setUp,
  world,
} from '../support/scenario.ts';
import { START } from '../support/system.ts';
import { startNext } from '../support/webhooks.ts';

beforeEach(() => setUp(startNext));

it('a message that is garbage goes to the dead-letter queue unchanged', async () => {
  expect(await processMessage(world.worker, { body: 'garbage', receives: 1, facts: {} })).toEqual({
    kind: 'acknowledge',
    outcome: 'dead_lettered',
  });
  expect([...world.deadLetters.messages.values()]).toMatchObject([{ body: 'garbage', reason: 'garbage' }]);
});

it('a message waits when it or an item was written by a later release', async () => {
  const wait = { kind: 'wait', until: START + 15 * MINUTE, because: 'later_release' };
  expect(await processEvent({ v: 2 })).toEqual(wait);

  world.model.force({ ...event(), v: 3 });
  expect(await processEvent()).toEqual(wait);

  world.model.force({ ...event(), v: 2 });
  world.model.force(completionItem({ ...COMPLETION, v: 3 }));

  expect(await processEvent()).toEqual(wait);

  world.model.remove(COMPLETION);
  world.model.force(lineageItem('run-1', { v: 2 }));

  expect(await processEvent()).toEqual(wait);
  expect(await processEvent({}, 2)).toEqual(wait);
  expect(completion()).toMatchObject({ crashes: 0, not_before: wait.until });
  expect(completion()).not.toHaveProperty('lease');
  expect(deadLetters()).toEqual([]);
});

it('a message without an event goes to the dead-letter queue', async () => {
  expect(await processEvent({ event: 'gone' })).toMatchObject({ outcome: 'dead_lettered' });
  expect(deadLetters()).toEqual([[{ v: 1, event: 'gone' }, 'event_missing']]);
});

it('a message waits without a write when its batch has used up the time', async () => {
  world.worker.deadline = START + 10 * SECOND - 1;
  const before = world.model.items.size;

  const verdict = await processEvent();

  expect(verdict).toEqual({ kind: 'wait', until: START + SECOND, because: 'no_time' });
  expect(world.model.items.size).toBe(before);

  world.worker.deadline = START + 10 * SECOND;
  expect(await processEvent()).toMatchObject({ kind: 'acknowledge' });
});

it.each(['processed', 'ignored', 'unprocessable', 'failed'] as const)(
  'a message for a %s event is acknowledged',
  async (state) => {
    world.model.force({ ...event(), state });

    expect(await processEvent()).toEqual({ kind: 'acknowledge', outcome: 'finished_before' });
    expect(world.cyberdesk.calls).toEqual([]);
  },
);

it('a message waits after it has lost four races', async () => {
  const put = world.worker.table.put;
  world.system.randomNumber = 0.5;
  let races = 0;
  world.worker.table = {
    ...world.worker.table,
    put: async (item, expected) => {
      if (!item.sk.startsWith('completion')) return put(item, expected);
      races += 1;
      return { kind: 'conflict' };
    },
  };

  expect(await processEvent()).toMatchObject({
    kind: 'wait',
    until: START + 3 * SECOND,
    because: 'lost_race',
  });
  expect(races).toBe(4);
});

it.each(['workflow_id', 'run_id', 'status'] as const)(
  'a message for an event that was changed by hand and has no %s goes to the dead-letter queue',
  async (name) => {
    const changed = event();
    delete changed[name];
    world.model.force(changed);

    expect(await processEvent()).toEqual({ kind: 'acknowledge', outcome: 'dead_lettered' });

    expect(deadLetters()).toEqual([[{ v: 1, event: 'event-1' }, 'event_missing']]);
    expect(world.cyberdesk.calls).toEqual([]);
  },
);
