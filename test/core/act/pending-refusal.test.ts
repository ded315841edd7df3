import { beforeEach, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import { callFailure, runSnapshot } from '../support/cyberdesk.ts';
import {
  action,
  createRunCalls,
  event,
  failCall,
  loseResponse,
  processEvent,
  setUp,
  world,
} from '../support/scenario.ts';
import { startNext } from '../support/webhooks.ts';

const inputs = { summary: 'three invoices filed' };

beforeEach(() => setUp(startNext));

/** Processes the event until it is finished or an hour has passed. */
async function settle(): Promise<void> {
  for (let tries = 2; tries < 20; tries += 1) {
    const verdict = await processEvent({}, tries);
    if (verdict.kind === 'acknowledge') return;
    world.later(Math.max(verdict.until - world.system.time, 0));
  }
}

it('a refusal after a lost response is final once the complete list shows no run', async () => {
  await loseResponse();
  failCall('createRun', { status: 422 });
  world.later(5 * SECOND);
  const verdict = await processEvent({}, 2);
  expect(verdict.kind).toBe('wait');
  expect(action()).toMatchObject({ pending: 422 });
  await settle();
  expect(event()).toMatchObject({ state: 'failed', reason: 'refused' });
  expect(action()).toMatchObject({ failure: { reason: 'refused', status: 422 } });
  expect(action()).not.toHaveProperty('pending');
  expect(createRunCalls()).toHaveLength(2);
});

it('a refusal after a lost response does not fail the action if the list shows the run', async () => {
  await loseResponse();
  failCall('createRun', { status: 422 });
  world.later(5 * SECOND);
  await processEvent({}, 2);
  world.cyberdesk.runs = [runSnapshot({ id: 'served', input_values: inputs })];
  await settle();
  expect(event().state).toBe('processed');
  expect(action().result).toMatchObject({ run_ids: ['served'], adopted: true });
});

it('a refusal after a lost response stays with an outcome that the list of runs never decides, over redrives', async () => {
  await loseResponse();
  failCall('createRun', { status: 422 });
  world.later(5 * SECOND);
  await processEvent({}, 2);
  world.cyberdesk.runs = [runSnapshot({ id: 'foreign', input_values: { other: 1 } })];
  for (let failure = 1; failure <= 2; failure += 1) {
    for (let tries = 3; tries < 200 && event().state === 'received'; tries += 1) {
      const verdict = await processEvent({}, tries);
      if (verdict.kind === 'wait') world.later(Math.max(verdict.until - world.system.time, SECOND));
    }
    expect(action()).toMatchObject({
      failure: { reason: 'outcome_unknown', status: 422 },
      last_failure: { kind: 'unclear_run' },
    });
    await processEvent({ reopen: failure });
  }
  expect(createRunCalls()).toHaveLength(2);
});

it('a conflict without a run in the list is left to a person', async () => {
  failCall('createRun', { status: 409 });
  await processEvent();
  expect(action()).toMatchObject({ pending: 409 });
  await settle();
  expect(event()).toMatchObject({ state: 'failed', reason: 'outcome_unknown' });
  expect(createRunCalls()).toHaveLength(1);
});

it('a conflict over a run that the list shows adopts it', async () => {
  failCall('createRun', { status: 409 });
  await processEvent();
  world.cyberdesk.runs = [runSnapshot({ id: 'served', input_values: inputs })];
  await settle();
  expect(event().state).toBe('processed');
});

it.each([301, 302, 307, 308, 421, 425])('a %i delays the action, and fails nothing', async (status) => {
  failCall('createRun', { status, isJson: false });
  expect(await processEvent()).toMatchObject({ kind: 'wait' });
  expect(event().state).toBe('received');
  expect(action()).not.toHaveProperty('begun');
});

it.each([404, 405, 422])('a page with status %i delays the action under doubt', async (status) => {
  failCall('createRun', { status, isJson: false });
  expect(await processEvent()).toMatchObject({ kind: 'wait' });
  expect(event().state).toBe('received');
  expect(action()).toHaveProperty('begun');
});

it('a firewall that denies one body accuses no key, and its action is charged until it is exhausted', async () => {
  failCall('createRun', { status: 403, isJson: false });
  await processEvent();
  expect(action()).toMatchObject({ tries: 1 });
  expect(world.counted).not.toContain('ApiKeyRejected');
  expect(world.model.pause()).toBeUndefined();
});

it.each([401, 403])(
  'a page with %i that answers every call accuses no key, and is charged',
  async (status) => {
    failCall('createRun', { status, isJson: false });
    failCall('ping', { status, isJson: false });
    for (let tries = 1; tries < 200 && event().state === 'received'; tries += 1) {
      const verdict = await processEvent({}, tries);
      if (verdict.kind === 'wait') world.later(Math.max(verdict.until - world.system.time, SECOND));
    }
    expect(event()).toMatchObject({ state: 'failed', reason: 'exhausted' });
    expect(action()).not.toHaveProperty('begun');
    expect(world.model.pause()?.cause).toEqual({ kind: 'failed', status });
    expect(world.counted).not.toContain('ApiKeyRejected');
  },
);

it('a page before the API does not hide that the API itself refuses the key', async () => {
  failCall('createRun', { status: 403, isJson: false });
  failCall('ping', { status: 401 });
  await processEvent();
  expect(action()).toMatchObject({ tries: 0 });
  expect(world.model.pause()?.cause).toEqual({ kind: 'key_refused', status: 401 });
});

it('a refused key pauses all calls at once, and is not charged to the action', async () => {
  failCall('createRun', { status: 401 });
  world.cyberdesk.answers.ping = () => callFailure({ status: 401 });
  await processEvent();
  expect(action()).toMatchObject({ tries: 0 });
  expect(world.counted).toEqual(['CyberdeskPaused', 'ApiKeyRejected']);
  expect(world.model.pause()).toMatchObject({ streak: 1 });
});

it('a lookup that is never answered ends as an unknown outcome', async () => {
  await loseResponse();
  // The key is forgotten by then.
  world.later(MINUTE);
  failCall('findRuns', { incomplete: true });
  for (let tries = 2; tries < 200 && event().state === 'received'; tries += 1) {
    const verdict = await processEvent({}, tries);
    if (verdict.kind === 'wait') world.later(Math.max(verdict.until - world.system.time, SECOND));
  }
  expect(event()).toMatchObject({ state: 'failed', reason: 'outcome_unknown' });
});

it('the outcome of a body without inputs is left to a person if a run of its workflow exists', async () => {
  await setUp({
    name: 'nightly',
    actions: ({ workflowIds }) => ({ kind: 'startRun', body: { workflow_id: workflowIds.next ?? '' } }),
  });
  await loseResponse();
  world.cyberdesk.runs = [runSnapshot({ id: 'theirs', input_values: null })];
  world.later(10 * MINUTE);
  await settle();
  expect(event()).toMatchObject({ state: 'failed', reason: 'outcome_unknown' });
});
