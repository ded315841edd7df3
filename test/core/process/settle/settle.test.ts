import { beforeEach, describe, expect, it } from 'vitest';
import { actionKey } from '../../../../lambda/core/model/index.ts';
import { DAY, HOUR } from '../../../../lambda/core/model/time.ts';
import { startRun } from '../../../../lambda/rules/index.ts';
import {
  action,
  COMPLETION,
  completion,
  createRunCalls,
  event,
  lineage,
  processEvent,
  setUp,
  world,
} from '../../support/scenario.ts';
import { createdRun, startNext } from '../../support/webhooks.ts';
import { decide, failUnknown, processToTheEnd, recover, reopenings } from './support.ts';

describe('a person settles an action with an unknown outcome', () => {
  beforeEach(async () => {
    await setUp(startNext);
    await failUnknown();
  });

  it('a redrive of an unknown outcome alone ends where it began, over and over', async () => {
    for (let failure = 1; failure < 5; failure += 1) {
      await processToTheEnd({ reopen: failure });
      expect(event()).toMatchObject({ state: 'failed', reason: 'outcome_unknown', failure: failure + 1 });
      world.later(HOUR);
    }
  });

  it('a run that a person names becomes the result, and its lineage says so', async () => {
    world.cyberdesk.runs.push(createdRun('theirs'));

    expect(await decide({ kind: 'run', runId: 'theirs' })).toEqual({
      kind: 'settled',
      runIds: ['theirs'],
      undecided: [],
    });

    expect(action()).toMatchObject({
      result: { run_ids: ['theirs'] },
      decision: { kind: 'run', by: 'ada', at: world.system.time },
    });
    expect(action()).not.toHaveProperty('failure');
    expect(action()).not.toHaveProperty('body');
    expect(lineage('theirs')).toMatchObject({
      action: action().key,
      parent: `${COMPLETION.pk} ${COMPLETION.sk}`,
      depth: 1,
      adopted: true,
      ttl: Math.floor((world.system.time + 180 * DAY) / 1000),
    });

    const calls = createRunCalls().length;
    await processToTheEnd(reopenings()[0]);

    expect(event()).toMatchObject({ state: 'processed', round: 1 });
    expect(createRunCalls()).toHaveLength(calls);
  });

  it('a start that a person repeats is sent once more, with the same body under a new key', async () => {
    const before = createRunCalls().at(-1);

    expect(await decide({ kind: 'start_again' })).toMatchObject({ kind: 'settled', runIds: [] });

    expect(action()).not.toHaveProperty('begun');
    expect(action()).not.toHaveProperty('failure');
    expect(action()).toMatchObject({ generation: 1, tries: 0, delayed: 0 });

    recover();
    // Rules of today have no say: this very start is repeated.
    world.worker.rules = { rules: [{ ...startNext, actions: () => startRun({ workflow_id: 'other' }) }] };
    const looked = world.cyberdesk.named('findRuns').length;
    await processToTheEnd(reopenings()[0]);

    expect(event()).toMatchObject({ state: 'processed' });
    expect(world.cyberdesk.named('findRuns')).toHaveLength(looked);
    const sent = createRunCalls().at(-1);
    expect(sent?.body).toBe(before?.body);
    const { installation } = world.worker.settings;
    const id = { installation, subject: 'run-1', completion: COMPLETION.sk, rule: 'start-next', position: 0 };
    expect(sent?.key).toBe(actionKey({ ...id, generation: 1 }));
    expect(action()).toMatchObject({ key: sent?.key, decision: { kind: 'start_again' } });
  });

  it('a start that is repeated twice has a key of its own each time', async () => {
    await decide({ kind: 'start_again' });
    await failUnknown(reopenings()[0], 2);

    await decide({ kind: 'start_again' });
    recover();
    await processToTheEnd(reopenings()[1]);

    expect(event().state).toBe('processed');
    expect(new Set(createRunCalls().map(({ key }) => key)).size).toBe(3);
  });

  it('an action that a person skips is done without a run', async () => {
    expect(await decide({ kind: 'skip' })).toMatchObject({ kind: 'settled', runIds: [], undecided: [] });

    const calls = world.cyberdesk.calls.length;
    await processToTheEnd(reopenings()[0]);

    expect(event()).toMatchObject({ state: 'processed' });
    expect(world.cyberdesk.calls).toHaveLength(calls);
    expect(action()).toMatchObject({ result: { run_ids: [] }, decision: { kind: 'skip' } });
    expect(completion().done).toBe(true);
  });

  it('the dead letter that is left behind reopens nothing', async () => {
    const [letter] = [...world.deadLetters.messages.values()].map(({ body }) => JSON.parse(body));
    await decide({ kind: 'skip' });
    await processToTheEnd(reopenings()[0]);
    const before = event();

    expect(await processEvent(letter)).toMatchObject({ outcome: 'finished_before' });
    expect(event()).toEqual(before);
  });

  it('the decision stays with the action although its new attempt is refused', async () => {
    await decide({ kind: 'start_again' });
    world.cyberdesk.answers.createRun = () => ({
      kind: 'failed',
      status: 422,
      isJson: true,
      mayHaveTakenEffect: false,
    });
    await processToTheEnd(reopenings()[0]);

    expect(action()).toMatchObject({ failure: { reason: 'refused' }, decision: { kind: 'start_again' } });
  });

  it('the same decision made again sends the message again, in case it was lost', async () => {
    world.cyberdesk.runs.push(createdRun('theirs'));
    await decide({ kind: 'run', runId: 'theirs' });
    const written = completion();

    expect(await decide({ kind: 'run', runId: 'THEIRS' })).toMatchObject({ kind: 'settled' });

    expect(completion()).toEqual(written);
    expect(reopenings()).toEqual([
      { v: 1, event: 'event-1', reopen: 1 },
      { v: 1, event: 'event-1', reopen: 1 },
    ]);
  });

  it('a message that cannot be sent leaves the decision recorded', async () => {
    world.ports.queue.send = () => Promise.reject(new Error('no queue'));

    await expect(decide({ kind: 'skip' })).rejects.toThrow('no queue');

    expect(action()).toMatchObject({ decision: { kind: 'skip' } });
  });
});
