import { beforeEach, describe, expect, it } from 'vitest';
import { HOUR, SECOND } from '../../../lambda/core/model/time.ts';
import { type RuleDefinition, startRun } from '../../../lambda/rules/index.ts';
import { callFailure } from '../support/cyberdesk.ts';
import { lineageItem } from '../support/items.ts';
import {
  action,
  completion,
  createRunCalls,
  event,
  failCall,
  lineage,
  loseResponse,
  processEvent,
  setUp,
  world,
} from '../support/scenario.ts';
import { START } from '../support/system.ts';
import { createdRun, startNext } from '../support/webhooks.ts';

beforeEach(() => setUp(startNext));

it('a lost response is looked up before the call is repeated with the same key and body', async () => {
  await loseResponse();
  world.later(5 * SECOND);

  await processEvent();

  expect(world.cyberdesk.calls.map(({ name }) => name)).toEqual(['createRun', 'findRuns', 'createRun']);

  const [first, second] = createRunCalls();
  expect([second?.body, second?.key]).toEqual([first?.body, first?.key]);
});

it('a call is repeated while its key is certainly known, whatever the list of runs shows', async () => {
  await loseResponse();
  world.cyberdesk.runs = [createdRun('alike-1'), createdRun('alike-2')];
  world.later(45 * SECOND);

  expect(await processEvent()).toMatchObject({ outcome: 'processed' });
  expect(createRunCalls()).toHaveLength(2);
  expect(createRunCalls()[1]?.limit).toEqual({ until: START + 55 * SECOND });
  expect(action().result?.run_ids).toEqual(['started-1']);
});

describe('a call is repeated while its key is certainly known, although', () => {
  const correlated: RuleDefinition = {
    name: 'next',
    actions: () => startRun({ workflow_id: 'workflow-next', input_values: { day: 1 } }, { correlate: 'key' }),
  };
  const stranger = (input_values: unknown) => createdRun('theirs', START, { input_values });

  it.each([
    ['a run of others shows inputs with other names', startNext, stranger({ other: 1 })],
    ['a run of others shows no input that is correlated', correlated, stranger(null)],
  ])('%s', async (_, rule, theirs) => {
    await setUp(rule);
    await loseResponse();
    world.cyberdesk.runs = [theirs];
    world.later(45 * SECOND);

    expect(await processEvent()).toMatchObject({ outcome: 'processed' });
    expect(createRunCalls()).toHaveLength(2);
    expect(action().result?.run_ids).toEqual(['started-1']);
  });

  it.each([
    ['the list is not complete', { incomplete: true }],
    ['the list cannot be read', { status: 500 }],
    ['the list is not answered', {}],
    ['the list is refused', { status: 422, isJson: true }],
  ])('%s', async (_, failure) => {
    await loseResponse();
    world.later(45 * SECOND);
    failCall('findRuns', failure);

    expect(await processEvent()).toMatchObject({ outcome: 'processed' });
    expect(createRunCalls()).toHaveLength(2);
  });
});

it.each([
  ['lists are throttled', { status: 429 }],
  ['the API key is refused', { status: 401, isJson: true }],
  ['there is no API key', { keyNotSet: true }],
  ['the API key cannot be read', { notAsked: true }],
  ['the API has moved', { status: 308 }],
])('a call is not repeated while %s, although its key is known', async (_, failure) => {
  await loseResponse();
  world.later(45 * SECOND);
  failCall('findRuns', failure);

  expect(await processEvent()).toMatchObject({ kind: 'wait' });
  expect(createRunCalls()).toHaveLength(1);
});

it('a call is not repeated when the lookup has taken until the key may be forgotten', async () => {
  await loseResponse();
  world.later(45 * SECOND);
  world.cyberdesk.answers.findRuns = () => {
    world.later(SECOND);
    return callFailure({ mayHaveTakenEffect: false });
  };

  expect(await processEvent()).toMatchObject({ kind: 'wait', because: 'retry' });
  expect(createRunCalls()).toHaveLength(1);
});

it.each([
  ['it must not be repeated', { repeatUnanswered: false }, 45 * SECOND],
  ['its key may be forgotten', {}, 45 * SECOND + 1],
])('a call is not repeated after a lookup that decides nothing where %s', async (_, settings, later) => {
  world.worker.settings = { ...world.worker.settings, ...settings };
  await loseResponse();
  world.cyberdesk.runs = [createdRun('theirs', START, { input_values: { other: 1 } })];
  world.later(later);

  expect(await processEvent()).toMatchObject({ kind: 'wait', because: 'retry' });
  expect(createRunCalls()).toHaveLength(1);
});

it("nothing is sent between the end of the key's life and a complete list of runs", async () => {
  await loseResponse();
  world.later(45 * SECOND + 1);
  const listedFrom = START + (40 + 70 + 5) * SECOND;

  expect(await processEvent()).toEqual({ kind: 'wait', until: listedFrom, because: 'in_doubt' });
  expect(createRunCalls()).toHaveLength(1);
  expect(action()).toMatchObject({ tries: 1, begun: { first: START, last: START } });

  world.later(listedFrom - world.system.time);

  expect(await processEvent()).toMatchObject({ outcome: 'processed' });
  expect(createRunCalls()).toHaveLength(2);
});

it('a key that lives longer is relied on for longer, even where a list shows an equal run', async () => {
  world.worker.settings = { ...world.worker.settings, idempotencyKeyLifetime: HOUR };
  await loseResponse();
  world.cyberdesk.runs = [createdRun('equal')];
  world.later(HOUR - 25 * SECOND);

  await processEvent();

  expect(createRunCalls()).toHaveLength(2);
  expect(createRunCalls()[1]?.limit).toEqual({ until: START + HOUR - 15 * SECOND });
  expect(action().result?.run_ids).toEqual(['started-1']);
});

it('a call without a response waits for a complete list where it must not be repeated', async () => {
  world.worker.settings = { ...world.worker.settings, repeatUnanswered: false };
  await loseResponse();
  world.later(5 * SECOND);
  const listedFrom = START + 115 * SECOND;

  expect(await processEvent()).toEqual({ kind: 'wait', until: listedFrom, because: 'in_doubt' });
  expect(createRunCalls()).toHaveLength(1);

  world.later(listedFrom - world.system.time);

  expect(await processEvent()).toMatchObject({ outcome: 'processed' });
  expect(createRunCalls()).toHaveLength(2);
});

it('the only equal run in a complete list is adopted', async () => {
  await loseResponse();
  world.cyberdesk.runs = [createdRun('found')];
  world.later(115 * SECOND);

  expect(await processEvent()).toMatchObject({ outcome: 'processed' });
  expect(createRunCalls()).toHaveLength(1);
  expect(action().result).toMatchObject({ run_ids: ['found'], adopted: true });
  expect(lineage('found')).toMatchObject({ adopted: true, depth: 1 });
  expect(world.counted).toContain('FollowUpAdopted');
});

it('several equal runs in a complete list leave the outcome unknown', async () => {
  await loseResponse();
  world.cyberdesk.runs = [createdRun('a'), createdRun('b')];
  world.later(HOUR);

  await processEvent();

  expect(event()).toMatchObject({ state: 'failed', reason: 'outcome_unknown' });
  expect(createRunCalls()).toHaveLength(1);
});

it('an equal run that another action has adopted leaves the outcome unknown', async () => {
  await loseResponse();
  world.cyberdesk.runs = [createdRun('a')];
  world.model.force(lineageItem('a', { action: 'other', adopted: true }));
  world.later(HOUR);

  await processEvent();

  expect(event()).toMatchObject({ reason: 'outcome_unknown' });
});

it('a run with a lineage of this action is taken at any time', async () => {
  await loseResponse();
  world.cyberdesk.runs = [createdRun('a'), createdRun('mine')];
  const [call] = createRunCalls();
  world.model.force(lineageItem('mine', { action: call?.key ?? '' }));
  world.later(60 * SECOND);

  expect(await processEvent()).toMatchObject({ outcome: 'processed' });
  expect(action().result).toMatchObject({ run_ids: ['mine'], adopted: true });
  expect(createRunCalls()).toHaveLength(1);
});

it('a complete list without an equal run makes the next attempt count as the first', async () => {
  await loseResponse();
  world.later(HOUR);
  failCall('createRun', { status: 422 });

  await processEvent();

  expect(event()).toMatchObject({ reason: 'refused' });
});

it("a refusal within the key's life is settled by the complete list", async () => {
  await loseResponse();
  world.later(6 * SECOND);
  failCall('createRun', { status: 422 });

  expect(await processEvent()).toEqual({
    kind: 'wait',
    until: START + (6 + 115) * SECOND,
    because: 'in_doubt',
  });
  expect(action()).toMatchObject({ pending: 422, begun: { first: START, last: START + 6 * SECOND } });
  expect(action()).not.toHaveProperty('failure');
});

it('nothing is sent while a refusal is pending, although the key is known', async () => {
  await loseResponse();
  world.later(6 * SECOND);
  failCall('createRun', { status: 422 });
  await processEvent();
  world.model.force({ ...completion(), not_before: 0, actions: [{ ...action(), not_before: 0 }] });
  world.later(SECOND);

  expect(await processEvent()).toEqual({
    kind: 'wait',
    until: START + (6 + 115) * SECOND,
    because: 'in_doubt',
  });
  expect(createRunCalls()).toHaveLength(2);
});

it('each attempt extends the time in which runs are looked for', async () => {
  await loseResponse();
  world.later(6 * SECOND);

  await loseResponse();

  expect(action().begun).toEqual({ first: START, last: START + 6 * SECOND });
});

it('a failed lookup is charged and keeps the doubt', async () => {
  await loseResponse();
  world.later(HOUR);
  failCall('findRuns', { status: 500 });

  expect(await processEvent()).toEqual({ kind: 'wait', until: START + HOUR + 10 * SECOND, because: 'retry' });
  expect(action()).toMatchObject({ tries: 2, begun: { first: START, last: START } });
  expect(createRunCalls()).toHaveLength(1);
});

it('a lookup that is refused for a day leaves the outcome unknown', async () => {
  await loseResponse();
  // The key is forgotten by then.
  world.later(60 * SECOND);
  failCall('findRuns', { status: 422 });
  let verdict = await processEvent();
  expect(verdict.kind).toBe('wait');
  for (let tries = 2; verdict.kind === 'wait' && tries < 100; tries += 1) {
    world.later(verdict.until - world.system.time);
    verdict = await processEvent({}, tries);
  }

  expect(event()).toMatchObject({ state: 'failed', reason: 'outcome_unknown' });
  expect(world.system.time - START).toBeGreaterThan(24 * HOUR);
  expect(createRunCalls()).toHaveLength(1);
});
