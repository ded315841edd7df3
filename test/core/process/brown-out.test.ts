import { expect, it } from 'vitest';
import { DAY, HOUR, SECOND } from '../../../lambda/core/model/time.ts';
import { hideFor } from '../../../lambda/core/process/deferral.ts';
import { MAX_RECEIVE_COUNT } from '../../../lib/timing.ts';
import { createRunCalls, event, processEvent, setUp, world } from '../support/scenario.ts';
import { START } from '../support/system.ts';
import { startNext } from '../support/webhooks.ts';

/** How long DynamoDB fails. */
const BROWN_OUT = 3 * HOUR;
const EVENTS = 60;
/** How long SQS keeps a message. */
const QUEUE_RETENTION = 7 * DAY;

/** Random numbers in [0, 1), the same for the same seed. */
function numbers(seed: number): () => number {
  let state = (seed * 2_654_435_761) % 2 ** 32;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

/** The table fails while `fails` says so, for the time of the brown-out or another. */
function failTable(fails: (write?: { sk: string }) => boolean, lasts = BROWN_OUT): void {
  const { get, put } = world.worker.table;
  const check = (write?: { sk: string }) => {
    if (world.system.time < START + lasts && fails(write)) throw new Error('throttled');
  };
  world.worker.table = {
    async get(key) {
      check();
      return get(key);
    },
    async put(item, expected) {
      check(item);
      return put(item, expected);
    },
  };
}

/** Receives the message as often as it becomes visible, until its event is finished. Returns how often that was. */
async function receiveUntilFinished(): Promise<number> {
  for (let receives = 1; ; receives += 1) {
    if (world.system.time > START + QUEUE_RETENTION) throw new Error('the message has expired');
    const now = world.system.time;
    const wait = await processEvent({}, receives).then(
      (verdict) => (verdict.kind === 'wait' ? hideFor(verdict.until - now, receives) : undefined),
      () => hideFor(undefined, receives),
    );
    if (wait === undefined) return receives;
    world.later(Math.max(wait, SECOND));
  }
}

it.each([0.05, 0.125, 0.25, 0.5])(
  'no event counts as crashed while DynamoDB fails a part of all calls for hours (%d of 1)',
  async (part) => {
    for (let seed = 1; seed <= EVENTS; seed += 1) {
      await setUp(startNext);
      const next = numbers(seed);
      failTable(() => next() < part);

      await receiveUntilFinished();

      expect({
        seed,
        state: event().state,
        starts: new Set(createRunCalls().map(({ key }) => key)).size,
      }).toEqual({ seed, state: 'processed', starts: 1 });
    }
  },
);

it('an event does not count as crashed while only the lineage of its started run cannot be written', async () => {
  await setUp(startNext);
  failTable((write) => write?.sk === 'lineage');

  await receiveUntilFinished();

  expect(event()).toMatchObject({ state: 'processed' });
  expect(world.deadLetters.messages.size).toBe(0);
});

it('a deployment that may not use DynamoDB for six days leaves its message in the queue, and the event is processed afterwards', async () => {
  await setUp(startNext);
  failTable(() => true, 6 * DAY);

  const receives = await receiveUntilFinished();

  expect(event()).toMatchObject({ state: 'processed' });
  expect(createRunCalls()).toHaveLength(1);
  expect(world.deadLetters.messages.size).toBe(0);
  expect(receives).toBeLessThan(MAX_RECEIVE_COUNT);
});
