import { beforeEach, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../../lambda/core/model/time.ts';
import { startRun } from '../../../lambda/rules/index.ts';
import {
  action,
  crashIn,
  createRunCalls,
  event,
  failCall,
  loseResponse,
  processEvent,
  setUp,
  world,
} from '../support/scenario.ts';
import { startNext } from '../support/webhooks.ts';

beforeEach(() => setUp(startNext));

/** Processes the message whenever it is redelivered, until its event has failed. */
async function processUntilFailed(reason: string): Promise<void> {
  for (let turns = 0; event().state === 'received' && turns < 200; turns += 1) {
    const verdict = await processEvent().catch(() => undefined);
    world.later(verdict?.kind === 'wait' ? verdict.until - world.system.time : MINUTE);
  }
  expect(event()).toMatchObject({ state: 'failed', reason });
  expect(action().begun).toBeDefined();
}

const endings: Record<string, () => Promise<void>> = {
  async outcome_unknown() {
    await loseResponse();
    failCall('createRun', { status: 409 });
  },
  async exhausted() {
    failCall('createRun', { status: 503, mayHaveTakenEffect: true });
  },
  async crashed() {
    await loseResponse();
    crashIn('findRuns');
  },
};

it.each(Object.keys(endings))(
  'a redrive after %s looks up first and keeps the key and the bytes',
  async (reason) => {
    await endings[reason]?.();
    await processUntilFailed(reason);
    world.later(HOUR);
    world.cyberdesk.answers = {};
    world.worker.rules = {
      rules: [{ ...startNext, actions: () => startRun({ workflow_id: 'repaired' }) }],
    };
    const before = world.cyberdesk.calls.length;

    expect(await processEvent({ reopen: 1 })).toMatchObject({ outcome: 'processed' });

    expect(world.cyberdesk.calls.slice(before).map(({ name }) => name)).toEqual(['findRuns', 'createRun']);
    const sent = createRunCalls().map(({ body, key }) => [body, key]);
    expect(sent.at(-1)).toEqual(sent[0]);
    expect(event()).toMatchObject({ state: 'processed', round: 1 });
  },
);

it('a redrive keeps an action with an unknown outcome although the rules throw', async () => {
  await endings.outcome_unknown?.();
  await processUntilFailed('outcome_unknown');
  const [key, body] = [action().key, action().body];
  const actions = () => {
    throw new Error('payload');
  };
  world.worker.rules = { rules: [{ ...startNext, actions }] };

  expect(await processEvent({ reopen: 1 })).toMatchObject({ outcome: 'failed' });
  expect(event()).toMatchObject({ reason: 'rule_threw' });
  expect(action()).toMatchObject({ key, body, begun: {} });
});
