import { expect, it } from 'vitest';
import { DAY, HOUR, SECOND } from '../../../lambda/core/model/time.ts';
import { hideFor } from '../../../lambda/core/process/deferral.ts';
import { createRunCalls, event, processEvent, setUp, world } from '../support/scenario.ts';
import { START } from '../support/system.ts';
import { startNext } from '../support/webhooks.ts';

/** How long DynamoDB fails. */
const BROWN_OUT = 3 * HOUR;
const EVENTS = 60;

/** Random numbers in [0, 1), the same for the same seed. */
function numbers(seed: number): () => number {
  let state = (seed * 2_654_435_761) % 2 ** 32;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

/** The table fails while `fails` says so, for the time of the brown-out. */
function failTable(fails: (write?: { sk: string }) => boolean): void {
  const { get, put } = world.worker.table;
  const check = (write?: { sk: string }) => {
    if (world.system.time < START + BROWN_OUT && fails(write)) throw new Error('throttled');
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

/** Receives the message as often as it becomes visible, until its event is finished. */
async function receiveUntilFinished(): Promise<void> {
  for (let receives = 1; world.system.time < START + DAY; receives += 1) {
    const now = world.system.time;
    const wait = await processEvent({}, receives).then(
      (verdict) => (verdict.kind === 'wait' ? hideFor(verdict.until - now, receives) : undefined),
      () => hideFor(undefined, receives),
    );
    if (wait === undefined) return;
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
