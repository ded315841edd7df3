import { beforeEach, expect, it } from 'vitest';
import { MINUTE, RECORDING_TIME, SECOND } from '../../lambda/core/model/index.ts';
import { receive } from '../../lambda/core/receive/receive.ts';
import { type Processor, processEvents } from '../../lambda/processor/processor.ts';
import { followUps, startRun } from '../../lambda/rules/index.ts';
import { pauseItem } from '../core/support/items.ts';
import { START } from '../core/support/system.ts';
import { runComplete } from '../core/support/webhooks.ts';
import { createWorld, settings, type World } from '../core/support/world.ts';
import { sqsRecord } from '../simulation/model/sqs-record.ts';

let world: World;
let processor: Processor;
let hidden: [string, number][];
let logged: { level: string; message: string; facts: unknown }[];

beforeEach(async () => {
  world = createWorld({
    name: 'r',
    actions: () => startRun({ workflow_id: 'next', input_values: { a: 1 } }),
  });
  await receive(world.ports, { svixId: 'msg_1', body: runComplete() }, 90);
  hidden = [];
  logged = [];
  const { gate, rules, count, time, ...ports } = world.worker;
  processor = {
    ports: () => ports,
    hide: async (handle, duration) => void hidden.push([handle, duration]),
    gate,
    machine: { ...world.system, abortAfter: () => new AbortController().signal },
    rules,
    settings,
    functionTimeout: 55 * SECOND,
    log: (level, message, ...[facts]) => void logged.push({ level, message, facts }),
    count,
    time,
  };
});

const invoke = (receives = 1, remaining = 55 * SECOND) => {
  const body = JSON.stringify({ v: 1, event: 'event-1' });
  const Records = [sqsRecord('m1', { body, receives, handle: 'handle-1' })];
  return processEvents(processor, { Records }, { getRemainingTimeInMillis: () => remaining });
};
const FAILED = { batchItemFailures: [{ itemIdentifier: 'm1' }] };
const down = () => Promise.reject(new Error('down'));

it('a message whose event is finished is acknowledged', async () => {
  expect(await invoke()).toEqual({ batchItemFailures: [] });
  expect(world.counted).toContain('EventProcessed');
});

it('a message that has to wait is hidden until then', async () => {
  world.cyberdesk.answers.createRun = () => ({ kind: 'failed', status: 503, mayHaveTakenEffect: true });

  expect(await invoke()).toEqual(FAILED);
  expect(hidden).toEqual([['handle-1', 5 * SECOND]]);
});

it.each([
  [1, MINUTE * 2 ** (1 / 5)],
  [10, 4 * MINUTE],
  [100, 15 * MINUTE],
])('a message that fails at receive %i is hidden, and counted', async (receives, duration) => {
  processor.ports = () => ({ ...world.worker, table: { get: down, put: down } });

  expect(await invoke(receives)).toEqual(FAILED);
  expect(hidden).toEqual([['handle-1', duration]]);
  expect(world.counted).toContain('MessageFailed');
});

it('a message that can neither be handled nor hidden fails alone', async () => {
  processor.ports = () => ({ ...world.worker, table: { get: down, put: down } });
  processor.hide = down;

  expect(await invoke()).toEqual(FAILED);
});

it('the wait of a message that cannot be hidden is not tried twice', async () => {
  world.cyberdesk.answers.createRun = () => ({ kind: 'failed', status: 503, mayHaveTakenEffect: true });
  let tries = 0;
  processor.hide = () => {
    tries += 1;
    return down();
  };

  expect(await invoke()).toEqual(FAILED);
  expect(tries).toBe(1);
});

it.each([
  ['its configuration', 55 * SECOND, 70 * SECOND],
  ['the time that Lambda has left', 70 * SECOND, 55 * SECOND],
])(
  'a call must have ended so long before the end of the function, by %s, that it can be recorded',
  async (_, timeout, remaining) => {
    processor.functionTimeout = timeout;
    let until = 0;
    const { cyberdesk, table } = world.worker;
    processor.ports = () => ({
      ...world.worker,
      table: {
        ...table,
        get: (key) => {
          world.system.time += 3 * SECOND;
          return table.get(key);
        },
      },
      cyberdesk: {
        ...cyberdesk,
        createRun: (body, key, limit) => {
          until = limit.until;
          return cyberdesk.createRun(body, key, limit);
        },
      },
    });

    await invoke(1, remaining);

    expect(until).toBe(START + 55 * SECOND - RECORDING_TIME);
  },
);

/** After how many milliseconds calls are aborted from now on. */
function noteLimits(): number[] {
  const limits: number[] = [];
  const abortAfter = (ms: number) => {
    limits.push(ms);
    return new AbortController().signal;
  };
  processor.machine = { ...processor.machine, abortAfter };
  return limits;
}

it('AWS calls are aborted two seconds before the function ends', async () => {
  const limits = noteLimits();

  await invoke();

  expect(limits).toEqual([53 * SECOND]);
});

it('messages of a batch that a hanging queue does not hide are given up before the function ends', async () => {
  processor.ports = () => ({ ...world.worker, table: { get: down, put: down } });
  const limits = noteLimits();
  // Each takes all the time that it has got.
  processor.hide = async () => {
    world.system.time += limits.at(-1) ?? 0;
    return down();
  };
  world.system.time = START;
  const Records = ['1', '2', '3', '4', '5'].map((id) =>
    sqsRecord(id, { body: JSON.stringify({ v: 1, event: 'event-1' }), receives: 2, handle: id }),
  );

  await processEvents(processor, { Records }, { getRemainingTimeInMillis: () => 15 * SECOND });

  expect(world.system.time - START).toBeLessThan(15 * SECOND);
  expect(limits.slice(1)).toEqual([6000, 6000, 2500, 0, 0]);
});

it('a log line about a message holds no payload', async () => {
  await invoke();

  expect(logged).toEqual([
    {
      level: 'info',
      message: 'message done',
      facts: { message_id: 'm1', event_id: 'event-1', run_id: 'run-1', outcome: 'processed', receives: 1 },
    },
  ]);
});

it('a log line about an event that failed is an error, and names the rule and what it threw', async () => {
  processor.rules = followUps({
    name: 'broken',
    actions: () => {
      throw new RangeError('canary-7f3a');
    },
  });
  await invoke();

  expect(logged).toMatchObject([
    {
      level: 'error',
      facts: {
        event_id: 'event-1',
        run_id: 'run-1',
        outcome: 'failed',
        reason: 'rule_threw',
        thrown: {
          rule: 'broken',
          error: 'RangeError',
          frame: expect.stringMatching(/^processor\/process-events\.test\.ts:\d+:\d+$/),
        },
      },
    },
  ]);
  expect(JSON.stringify(logged)).not.toContain('canary');
});

it('a log line about an event that waits says what it was held up by', async () => {
  world.cyberdesk.answers.createRun = () => ({ kind: 'failed', status: 503, mayHaveTakenEffect: true });
  await invoke();

  expect(logged).toMatchObject([
    {
      level: 'info',
      message: 'message deferred',
      facts: {
        event_id: 'event-1',
        reason: 'retry',
        seconds: 5,
        failing: { rule: 'r', tries: 1, failure: { kind: 'answered', status: 503 } },
      },
    },
  ]);
});

it('a log line about an event that a pause holds up says so', async () => {
  world.model.force(pauseItem({ until: START + MINUTE, streak: 1 }));
  await invoke();

  expect(logged).toMatchObject([
    {
      level: 'info',
      message: 'message deferred',
      facts: { event_id: 'event-1', reason: 'paused', seconds: 60 },
    },
  ]);
});

it('a log line about a message that could not be handled names its event and run', async () => {
  world.worker.table.put = down;
  processor.ports = () => world.worker;
  await invoke();

  expect(logged).toMatchObject([{ level: 'error', facts: { event_id: 'event-1', run_id: 'run-1' } }]);
});
