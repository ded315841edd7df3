import { beforeEach, describe, expect, it } from 'vitest';
import type { CallFailure } from '../../../lambda/core/model/index.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import { reportFailure } from '../../../lambda/core/pause/index.ts';
import { hideFor } from '../../../lambda/core/process/index.ts';
import { processMessage } from '../../../lambda/core/process/process-message.ts';
import { lostAt } from '../../../lambda/core/sweep/silence.ts';
import { answered, runSnapshot } from '../support/cyberdesk.ts';
import {
  createRunCalls,
  deadLetters,
  event,
  failCall,
  processEvent,
  setUpWith,
  world,
} from '../support/scenario.ts';
import { START } from '../support/system.ts';
import { END, startNext } from '../support/webhooks.ts';

/** The API cannot be asked about this run, and works otherwise. */
function failForThisRun(failure: Partial<CallFailure>): void {
  failCall('getRun', failure);
  world.cyberdesk.answers.ping = () => answered(undefined);
}

/** Receives the message as the queue delivers it, until its event has ended or the time is over. */
async function receiveFor(duration: number): Promise<{ receives: number; after: number }> {
  const begun = world.system.time;
  let receives = 0;
  while (world.system.time < begun + duration) {
    receives += 1;
    const verdict = await processEvent({}, receives);
    if (verdict.kind === 'acknowledge') break;
    world.later(Math.max(SECOND, hideFor(verdict.until - world.system.time, receives)));
  }
  return { receives, after: world.system.time - begun };
}

const calls = () => world.cyberdesk.calls.filter(({ name }) => name === 'getRun').length;

beforeEach(() => setUpWith({ ended_at: null }, startNext));

it('a failed try to learn when the run ended stays on the event, with its status and time', async () => {
  failForThisRun({ status: 500, isJson: true });
  await processEvent();
  world.later(MINUTE);
  failForThisRun({});
  await processEvent();

  expect(event()).toMatchObject({
    state: 'received',
    unidentified: {
      tries: 2,
      delayed: 2 * MINUTE,
      not_before: START + 2 * MINUTE,
      last_failure: { kind: 'no_response', at: START + MINUTE },
    },
  });
});

it('the log of a deferred message says what the API answered when it was asked when the run ended', async () => {
  failForThisRun({ status: 500, isJson: true });
  const message = { body: '{"v":1,"event":"event-1"}', receives: 1, facts: {} };

  await processMessage(world.worker, message);

  expect(message.facts).toMatchObject({
    failing: { tries: 1, failure: { kind: 'answered', status: 500, at: START } },
  });
});

it('the API is not asked before the delay is over, even if the message is received again', async () => {
  failForThisRun({ status: 500 });
  await processEvent();
  world.later(MINUTE - 1);

  expect(await processEvent({}, 2)).toEqual({ kind: 'wait', until: START + MINUTE, because: 'not_due' });
  expect(calls()).toBe(1);
});

it.each([400, 422, 500, undefined])(
  'an event whose run cannot be asked about for a day (%s) fails with a dead letter, after growing delays',
  async (status) => {
    failForThisRun({ isJson: true, ...(status !== undefined && { status }) });

    const { receives, after } = await receiveFor(7 * DAY);

    expect(after).toBeGreaterThan(DAY);
    expect(after).toBeLessThan(DAY + 2 * HOUR);
    expect(receives).toBeLessThan(40);
    expect(event()).toMatchObject({
      state: 'failed',
      reason: 'exhausted',
      failure: 1,
      unidentified: { last_failure: status === undefined ? { kind: 'no_response' } : { status } },
    });
    expect(deadLetters()).toEqual([[{ v: 1, event: 'event-1', reopen: 1 }, 'exhausted']]);
    expect(world.counted).toContain('FollowUpFailed');
  },
);

it.each<[string, Partial<CallFailure>]>([
  ['throttles', { status: 429 }],
  ['has no key to be asked with', { keyNotSet: true }],
])('an API that %s for days uses up no budget', async (_, failure) => {
  failCall('getRun', failure);

  await receiveFor(5 * DAY);

  expect(event()).toMatchObject({ state: 'received', unidentified: { tries: 0, delayed: 0 } });
  expect(deadLetters()).toEqual([]);
});

it.each([
  [422, 0],
  [500, 1],
])('three runs in a row about which the API answers %s cause %s pauses', async (status, pauses) => {
  failForThisRun({ status, isJson: true });
  const failure: CallFailure = { kind: 'failed', status, isJson: true, mayHaveTakenEffect: false };

  for (const id of ['a', 'b', 'c']) await reportFailure(world.worker, failure, { id, tries: 0, by: 'read' });

  expect(world.counted.filter((metric) => metric === 'CyberdeskPaused')).toHaveLength(pauses);
});

it('tries of an earlier round, which an older release has left in place, use up no budget', async () => {
  failForThisRun({ status: 500 });
  await receiveFor(7 * DAY);
  const { reason: _reason, ...failed } = event();
  world.model.force({ ...failed, state: 'received', round: 1 });

  await processEvent();

  expect(event()).toMatchObject({ state: 'received', unidentified: { tries: 1, delayed: MINUTE, round: 1 } });
});

it('a redrive asks again, with a new budget', async () => {
  failForThisRun({ status: 500 });
  await receiveFor(7 * DAY);
  await processEvent({ reopen: 1 });
  expect(event()).toMatchObject({ state: 'received', round: 1, unidentified: { tries: 1, delayed: MINUTE } });

  world.cyberdesk.answers = {};
  world.cyberdesk.runs = [runSnapshot({ status: 'success', ended_at: new Date(END).toISOString() })];
  world.later(HOUR);

  expect(await processEvent({}, 2)).toMatchObject({ kind: 'acknowledge', outcome: 'processed' });
  expect(event()).not.toHaveProperty('unidentified');
  expect(createRunCalls()).toHaveLength(1);
});

describe('the sweeper', () => {
  it('the sweeper counts a try, and the time of the next one, as a sign of life', async () => {
    failForThisRun({ status: 500 });
    world.later(2 * HOUR);
    await processEvent();

    expect(lostAt({ event: event(), completion: undefined, quietUntil: 0 })).toBe(START + 3 * HOUR + MINUTE);
  });
});
