import { beforeEach, expect, it } from 'vitest';
import { MINUTE } from '../../../lambda/core/model/time.ts';
import {
  beforeGet,
  crashIn,
  createRunCalls,
  deadLetters,
  die,
  event,
  processEvent,
  setUp,
  world,
} from '../support/scenario.ts';
import { startNext } from '../support/webhooks.ts';

beforeEach(() => setUp(startNext));

it('an event that kills its worker five times fails as crashed', async () => {
  crashIn('createRun');
  crashIn('findRuns');
  for (let crash = 1; crash <= 5; crash += 1) {
    await expect(processEvent()).rejects.toThrow();
    world.later(5 * MINUTE);
  }

  expect(await processEvent()).toMatchObject({ outcome: 'failed' });
  expect(event()).toMatchObject({ state: 'failed', reason: 'crashed', failure: 1 });
  expect(deadLetters()).toEqual([[{ v: 1, event: 'event-1', reopen: 1 }, 'crashed']]);
});

it('an event whose call kills its worker fails as crashed, although it also waits in between', async () => {
  crashIn('createRun');
  for (let turns = 0; event().state === 'received' && turns < 20; turns += 1) {
    const verdict = await processEvent().catch(() => undefined);
    world.later(verdict?.kind === 'wait' ? verdict.until - world.system.time : 5 * MINUTE);
  }

  expect(event()).toMatchObject({ state: 'failed', reason: 'crashed' });
  expect(createRunCalls()).toHaveLength(5);
});

it('rules that kill their worker five times fail the event, with a new count in each round', async () => {
  const { table } = world.worker;
  // A rule that throws would be caught, so the worker dies in the read just before the rules are asked.
  beforeGet(({ sk }) => {
    if (sk === 'lineage') return die();
  });
  for (const reopen of [{}, { reopen: 1 }]) {
    const receives = 'reopen' in reopen ? 1 : 2;
    for (let crash = 1; crash <= 5; crash += 1) {
      await expect(processEvent(reopen, receives)).rejects.toThrow('dies');
      world.later(5 * MINUTE);
    }
    expect(await processEvent(reopen, receives)).toMatchObject({ outcome: 'failed' });
  }

  expect(deadLetters().map(([, reason]) => reason)).toEqual(['crashed', 'crashed']);

  world.worker.table = table;
  expect(await processEvent({ reopen: 2 })).toMatchObject({ outcome: 'processed' });
});
