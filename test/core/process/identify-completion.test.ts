import { beforeEach, expect, it } from 'vitest';
import type { ActionableEvent, CallFailure, RunSnapshot } from '../../../lambda/core/model/index.ts';
import { isActionable } from '../../../lambda/core/model/index.ts';
import { HOUR, MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import { identifyCompletion } from '../../../lambda/core/process/identify-completion.ts';
import { LostRaceError } from '../../../lambda/core/store/compare-and-swap.ts';
import { runSnapshot } from '../support/cyberdesk.ts';
import { pauseItem } from '../support/items.ts';
import {
  beforeGet,
  createRunCalls,
  event,
  failCall,
  processEvent,
  receiveWebhook,
  setUpWith,
  world,
} from '../support/scenario.ts';
import { START } from '../support/system.ts';
import { END, runComplete, startNext } from '../support/webhooks.ts';

const shownRun = (more: Partial<RunSnapshot> = {}) =>
  runSnapshot({
    workflow_id: 'w',
    status: 'success',
    created_at: '2026-11-25T09:00:00Z',
    ended_at: '2026-11-25T09:30:00+00:00',
    ...more,
  });
function storedEvent(): ActionableEvent {
  const found = event();
  if (!isActionable(found)) throw new Error('the event is not actionable');
  return found;
}
const identify = () => identifyCompletion(world.worker, storedEvent());
const failGetRun = (failure: Partial<CallFailure>) => failCall('getRun', failure);

beforeEach(() => setUpWith({ ended_at: null }));

it('an event with an end identifies its completion without a call', async () => {
  const named = { ...storedEvent(), ended_at: 5 };

  expect(await identifyCompletion(world.worker, named)).toEqual({
    kind: 'identified',
    event: named,
    completion: 'completion#5',
  });
  expect(world.cyberdesk.calls).toEqual([]);
});

it.each([
  [302, false],
  [400, true],
  [405, true],
  [413, true],
  [422, true],
  [500, true],
])(
  'the answer %i in place of the run decides nothing, so that a copy with the end does not start a second follow-up',
  async (status, isJson) => {
    await setUpWith({ ended_at: null }, startNext);
    failGetRun({ status, isJson });
    expect(await processEvent()).toMatchObject({ kind: 'wait' });

    await receiveWebhook(runComplete({}, { event_id: 'copy' }), 'msg_2');
    expect(await processEvent({ event: 'copy' })).toMatchObject({ kind: 'acknowledge' });
    world.cyberdesk.answers = {};
    world.cyberdesk.runs = [shownRun({ ended_at: new Date(END).toISOString() })];
    world.later(HOUR);

    expect(await processEvent({}, 2)).toMatchObject({ kind: 'acknowledge' });
    expect(createRunCalls()).toHaveLength(1);
    expect(event()).toMatchObject({ duplicate_of: 'copy' });
  },
);

it('an event without an end asks the API once, and stores the answer', async () => {
  world.cyberdesk.runs = [shownRun()];
  const completion = `completion#${Date.parse('2026-11-25T09:30:00Z')}`;

  expect(await identify()).toMatchObject({
    completion,
    event: { completion },
  });

  world.cyberdesk.runs = [shownRun({ ended_at: '2026-11-25T11:00:00Z' })];

  expect(await identify()).toMatchObject({ completion });
  expect(world.cyberdesk.calls).toHaveLength(1);
  expect(world.cyberdesk.calls[0]?.args[1]).toEqual({ until: START + 10 * SECOND });
});

it.each([
  ['shows another status', [shownRun({ status: 'error' })]],
  ['shows no end', [shownRun({ ended_at: null })]],
  ['shows the run as active', [shownRun({ status: 'running', ended_at: null })]],
  ['shows the run with an unknown status', [shownRun({ status: 'archived' })]],
  ['does not know the run', []],
])('the event is its own completion only once the API %s 70 seconds after the webhook', async (_, runs) => {
  world.cyberdesk.runs = runs;
  expect(await identify()).toMatchObject({ kind: 'wait', until: START + 20 * SECOND, because: 'no_answer' });
  expect(event()).not.toHaveProperty('unidentified');

  world.later(70 * SECOND - 1);
  expect(await identify()).toMatchObject({ kind: 'wait', until: START + 70 * SECOND });
  world.later(1);
  expect(await identify()).toMatchObject({ completion: 'completion#event:event-1' });
});

it('a run that the API shows as active at first starts one follow-up, although a copy of the webhook has its end', async () => {
  await setUpWith({ ended_at: null }, startNext);
  const running = shownRun({ status: 'running', ended_at: null });
  world.cyberdesk.runs = [running];
  expect(await processEvent()).toMatchObject({ kind: 'wait' });

  await receiveWebhook(runComplete({}, { event_id: 'copy' }), 'msg_2');
  expect(await processEvent({ event: 'copy' })).toMatchObject({ kind: 'acknowledge' });
  world.cyberdesk.runs = [shownRun({ ended_at: new Date(END).toISOString() })];
  world.later(MINUTE);

  expect(await processEvent({}, 2)).toMatchObject({ kind: 'acknowledge' });
  expect(createRunCalls()).toHaveLength(1);
  expect(event()).toMatchObject({ duplicate_of: 'copy' });
});

it.each(['not a time', '2099-01-01T00:00:00Z'])(
  'an event that says it was received at %s does not wait for a run that is shown as active',
  async (received_at) => {
    world.cyberdesk.runs = [shownRun({ status: 'running', ended_at: null })];

    expect(await identifyCompletion(world.worker, { ...storedEvent(), received_at })).toMatchObject({
      kind: 'identified',
    });
  },
);

it.each([404, 410])(
  'the event is its own completion when the API does not know the run (%i)',
  async (status) => {
    failGetRun({ status });
    world.later(70 * SECOND);
    expect(await identify()).toMatchObject({
      completion: 'completion#event:event-1',
    });
  },
);

it.each([400, 404, 410, 422])('the event waits when a page, and not the API, answers %s', async (status) => {
  failGetRun({ status, isJson: false });
  expect(await identify()).toMatchObject({ kind: 'wait' });
});

it.each([400, 401, 403, 405, 408, 409, 413, 414, 415, 422, 429, 500, 503, undefined])(
  'the event waits when the API answers %s',
  async (status) => {
    failGetRun(status === undefined ? {} : { status });
    const until = status === 429 ? START + 30 * SECOND : START + MINUTE;

    expect(await identify()).toMatchObject({
      kind: 'wait',
      until,
      because: expect.stringMatching(/^(paused|no_answer)$/),
    });
    expect(event()).not.toHaveProperty('completion');
  },
);

it('a missing API key is counted, and so is the pause that it leads to at once', async () => {
  failGetRun({ keyNotSet: true });
  await identify();

  expect(world.counted).toEqual(['CyberdeskPaused', 'ApiKeyNotSet']);
  expect(await identify()).toMatchObject({
    kind: 'wait',
    until: START + 30 * SECOND,
    because: 'paused',
  });
  expect(world.cyberdesk.calls).toHaveLength(1);
});

it.each([
  [401, ['CyberdeskPaused', 'ApiKeyRejected']],
  [403, ['CyberdeskPaused', 'ApiKeyRejected']],
  [503, []],
])('the answer %i counts as a refused API key if it is one', async (status, counted) => {
  failGetRun({ status });
  failCall('ping', { status });

  await identify();

  expect(world.counted).toEqual(counted);
});

it.each([401, 403])('the answer %i accuses no key that the API accepts for another read', async (status) => {
  failGetRun({ status });

  expect(await identify()).toMatchObject({ kind: 'wait', until: START + MINUTE, because: 'no_answer' });
  expect(world.counted).toEqual([]);
  expect(world.model.pause()).toBeUndefined();
});

it('an API key that cannot be read does not count as a failure of Cyberdesk', async () => {
  failGetRun({ notAsked: true });
  for (let tries = 0; tries < 5; tries += 1) {
    expect(await identify()).toMatchObject({ kind: 'wait', because: 'no_answer' });
    world.later(HOUR);
  }

  expect(world.cyberdesk.calls).toHaveLength(5);
  expect(world.counted).toEqual([]);
  expect(world.model.pause()).toBeUndefined();
});

it('an answer about the run opens the gate and keeps the streak', async () => {
  world.cyberdesk.runs = [shownRun()];
  world.model.force(pauseItem({ until: START, streak: 2 }));

  await identify();

  expect(world.model.pause()).toMatchObject({ until: 0, streak: 2 });
});

it('the API is not asked when the invocation has too little time left', async () => {
  world.cyberdesk.runs = [shownRun()];
  world.worker.deadline = START + 10 * SECOND - 1;

  expect(await identify()).toMatchObject({
    kind: 'wait',
    until: START + 10 * SECOND,
    because: 'no_time',
  });
  expect(world.cyberdesk.calls).toEqual([]);

  world.worker.deadline += 1;
  expect(await identify()).toMatchObject({ kind: 'identified' });
});

it.each([
  ['five seconds', 5, { kind: 'identified' }, START + 15 * SECOND],
  ['all the time that there is', 25, { kind: 'wait', because: 'no_time' }, undefined],
])('an admission that takes %s is not counted as time of the call', async (_, seconds, expected, until) => {
  world.cyberdesk.runs = [shownRun()];
  beforeGet(({ sk }) => {
    if (sk === 'pause') world.system.time += seconds * SECOND;
  });
  world.worker.gate.begin(world.worker);

  expect(await identify()).toMatchObject(expected);
  expect(world.cyberdesk.calls.map(({ args }) => args.at(-1))).toEqual(
    until === undefined ? [] : [{ until }],
  );
});

it('the end of three runs that cannot be asked about is an outage, and pauses the calls', async () => {
  failGetRun({ status: 503 });
  for (const n of [1, 2, 3]) {
    const body = runComplete({ id: `run-${n}`, ended_at: null }, { event_id: `event-${n}` });
    await receiveWebhook(body, `msg_${n}`);
    expect(world.counted).toEqual([]);
    await processEvent({ event: `event-${n}` });
  }

  expect(world.counted).toEqual(['CyberdeskPaused']);
});

it('a question that comes to no call keeps no other worker from the probe after a pause', async () => {
  failGetRun({ notAsked: true });
  world.model.force(pauseItem({ until: START, streak: 2 }));

  expect(await identify()).toMatchObject({ kind: 'wait' });

  expect(world.model.pause()).toMatchObject({ until: START, streak: 2 });
  expect(world.model.pause()).not.toHaveProperty('probe');
});

it('an event that another worker has changed is not overwritten', async () => {
  world.cyberdesk.runs = [shownRun()];
  const stale = { ...storedEvent(), tag: 'old' };

  await expect(identifyCompletion(world.worker, stale)).rejects.toBeInstanceOf(LostRaceError);
});
