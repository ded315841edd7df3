import { beforeEach, describe, expect, it } from 'vitest';
import { FENCE_KEY } from '../../../lambda/core/model/index.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import { notify, startRun } from '../../../lambda/rules/index.ts';
import { decide, processToTheEnd, recover, reopenings } from '../process/settle/support.ts';
import { restore, snapshot } from '../support/restore.ts';
import {
  action,
  beforeGet,
  createRunCalls,
  deadLetters,
  event,
  failCall,
  lineage,
  processEvent,
  receiveWebhook,
  setUp,
  setUpFor,
  world,
} from '../support/scenario.ts';
import { START } from '../support/system.ts';
import { createdRun, downedMachines, END, runComplete, startNext } from '../support/webhooks.ts';

/** What Cyberdesk shows of the runs that were started so far. */
function showStarted(): void {
  world.cyberdesk.runs = createRunCalls().map((_, index) => createdRun(`started-${index + 1}`));
}

describe('after a restore of the table', () => {
  beforeEach(() => setUp(startNext));

  it('an event from before the point that was unfinished waits for a person, and starts nothing', async () => {
    const point = snapshot();
    await processEvent();
    restore(point);

    await processToTheEnd();

    expect(createRunCalls()).toHaveLength(1);
    expect(event()).toMatchObject({ state: 'failed', reason: 'restored', failure: 1 });
    expect(deadLetters()).toEqual([[{ v: 1, event: 'event-1', reopen: 1 }, 'restored']]);
  });

  it('an event from after the point that comes again waits for a person, however late it comes', async () => {
    const before = new Map();
    await processEvent();
    restore(before);
    world.later(20 * DAY);
    await receiveWebhook(runComplete());

    await processToTheEnd();

    expect(createRunCalls()).toHaveLength(1);
    expect(event()).toMatchObject({ state: 'failed', reason: 'restored' });
  });

  it('a redrive takes the run that was started before the restore as the result', async () => {
    const point = snapshot();
    await processEvent();
    showStarted();
    restore(point);
    await processToTheEnd();

    await processToTheEnd({ reopen: 1 });

    expect(createRunCalls()).toHaveLength(1);
    expect(event()).toMatchObject({ state: 'processed' });
    expect(action().result).toMatchObject({ run_ids: ['started-1'], adopted: true });
    expect(lineage('started-1')).toMatchObject({ action: action().key });
  });

  it('a redrive starts what was not started before the restore, under the same key', async () => {
    restore(snapshot());
    await processToTheEnd();
    const { key } = action();

    await processToTheEnd({ reopen: 1 });

    expect(createRunCalls().map((call) => call.key)).toEqual([key]);
    expect(event()).toMatchObject({ state: 'processed' });
  });

  it('a redrive leaves it to a person if a run of the workflow belongs to no action, whatever its inputs are', async () => {
    world.cyberdesk.runs = [createdRun('someone', START, { input_values: { other: 1 } })];
    restore(snapshot());
    await processToTheEnd();

    await processToTheEnd({ reopen: 1 });

    expect(createRunCalls()).toEqual([]);
    expect(event()).toMatchObject({ state: 'failed', reason: 'outcome_unknown' });
  });

  /** After the point it is refused, redriven, and started in the next round. */
  async function startInNextRound(): Promise<void> {
    failCall('createRun', { status: 422 });
    await processToTheEnd();
    recover();
    await processToTheEnd({ reopen: 1 });
    expect(action()).toMatchObject({ generation: 1, result: { run_ids: ['started-1'] } });
    const { input_values } = JSON.parse(createRunCalls().at(-1)?.body ?? '{}');
    world.cyberdesk.runs = [createdRun('started-1', world.system.time, { input_values })];
  }

  it.each([
    ['by its inputs', undefined, 70 * SECOND],
    ['by its inputs, while keys are relied on for a day', undefined, DAY],
    ['by its key', { correlate: 'started_by' }, 70 * SECOND],
  ])(
    'a redrive takes the run that another round has started before the restore, found %s',
    async (_, correlate, idempotencyKeyLifetime) => {
      await setUp({
        name: 'r',
        actions: () => startRun({ workflow_id: 'workflow-next', input_values: { a: 1 } }, correlate),
      });
      world.worker.settings = { ...world.worker.settings, idempotencyKeyLifetime };
      const point = snapshot();
      await startInNextRound();
      restore(point);
      await processToTheEnd();

      await processToTheEnd({ reopen: 1 });

      expect(createRunCalls()).toHaveLength(2);
      expect(action()).toMatchObject({ generation: 0, result: { run_ids: ['started-1'], adopted: true } });
    },
  );

  it('a redrive takes the run of another round whose lineage the restore has left', async () => {
    const point = snapshot();
    await startInNextRound();
    const { action: owner } = lineage('started-1') ?? {};
    const left = [...world.model.items.values()].filter(({ sk }) => sk === 'lineage');
    restore(point);
    for (const item of left) world.model.force(item);
    await processToTheEnd();

    await processToTheEnd({ reopen: 1 });

    expect(createRunCalls()).toHaveLength(2);
    expect(action()).toMatchObject({ generation: 0, result: { run_ids: ['started-1'] } });
    expect(lineage('started-1')).toMatchObject({ action: owner });
  });

  it('what is refused after it was held back is planned afresh, and not held back twice', async () => {
    restore(snapshot());
    await processToTheEnd();
    failCall('createRun', { status: 422 });
    await processToTheEnd({ reopen: 1 });
    expect(event()).toMatchObject({ state: 'failed', reason: 'refused' });
    recover();

    await processToTheEnd({ reopen: 2 });

    expect(event()).toMatchObject({ state: 'processed' });
  });

  it('a redrive waits while the list of runs is not answered', async () => {
    restore(snapshot());
    await processToTheEnd();
    failCall('findRuns', { status: 503 });

    expect(await processEvent({ reopen: 1 })).toMatchObject({ kind: 'wait' });

    expect(createRunCalls()).toEqual([]);
  });

  it.each([
    ['skip', { kind: 'skip' as const }, []],
    ['run', { kind: 'run' as const, runId: 'started-1' }, ['started-1']],
  ])('a person can settle it by %s', async (_, choice, runIds) => {
    const point = snapshot();
    await processEvent();
    showStarted();
    restore(point);
    await processToTheEnd();

    expect(await decide(choice)).toMatchObject({ kind: 'settled', runIds, undecided: [] });

    for (const message of reopenings()) await processToTheEnd(message);
    expect(createRunCalls()).toHaveLength(1);
    expect(event()).toMatchObject({ state: 'processed' });
  });

  it('a person can start it again, and it is not held back twice', async () => {
    restore(snapshot());
    await processToTheEnd();

    await decide({ kind: 'start_again' });
    for (const message of reopenings()) await processToTheEnd(message);

    expect(createRunCalls()).toHaveLength(1);
    expect(event()).toMatchObject({ state: 'processed' });
  });

  it('a second restore holds back what was let through after the first', async () => {
    restore(snapshot());
    await processToTheEnd();
    const point = snapshot();
    await processToTheEnd({ reopen: 1 });
    restore(point);

    await processToTheEnd({ reopen: 1 });

    expect(createRunCalls()).toHaveLength(1);
    expect(event()).toMatchObject({ state: 'failed', reason: 'restored', failure: 2 });
  });

  it('a run that ended after the restore is followed up as ever', async () => {
    restore(new Map());
    const ended = new Date(world.system.time + 2 * MINUTE).toISOString();
    world.later(3 * MINUTE);
    await receiveWebhook(runComplete({ ended_at: ended }));

    await processToTheEnd();

    expect(createRunCalls()).toHaveLength(1);
    expect(event()).toMatchObject({ state: 'processed' });
  });

  it("a run is held back whose end Cyberdesk's clock names after the restore, if clocks may differ so far", async () => {
    restore(new Map());
    world.later(5 * MINUTE);
    const ended = new Date(world.system.time - 5 * MINUTE + 59 * SECOND).toISOString();
    await receiveWebhook(runComplete({ ended_at: ended }));

    await processToTheEnd();

    expect(event()).toMatchObject({ reason: 'restored' });
  });

  it('what is done stays done: nothing is held back in a completion without open actions', async () => {
    await processEvent();
    restore(snapshot());

    expect(await processEvent({ reopen: 1 })).toMatchObject({ outcome: 'processed' });
    expect(createRunCalls()).toHaveLength(1);
  });

  it('a fence that cannot be read lets nothing through', async () => {
    restore(snapshot());
    beforeGet(({ pk }) => {
      if (pk === FENCE_KEY.pk) throw new Error('table');
    });

    await expect(processEvent()).rejects.toThrow('table');
    expect(createRunCalls()).toEqual([]);
  });

  it('an earlier attempt without a response widens the window in which is looked up', async () => {
    failCall('createRun', { mayHaveTakenEffect: true });
    await processEvent();
    recover();
    const { begun } = action();
    restore(snapshot(), START + 10 * SECOND);

    await processToTheEnd();

    expect(action()).toMatchObject({ begun: { first: begun?.first }, failure: { reason: 'restored' } });
    expect(action().begun?.last).toBeGreaterThan(END + HOUR);
  });
});

it('an announcement is held back too, and a redrive sends it', async () => {
  await setUpFor(downedMachines(), {
    name: 'tell',
    event: 'downed_machines',
    actions: () => notify('down'),
  });
  const point = snapshot();
  restore(point);

  await processToTheEnd();
  expect(world.announced).toEqual([]);
  expect(event()).toMatchObject({ reason: 'restored' });
  expect(action(completionOf()).begun).toBeUndefined();
  await processToTheEnd({ reopen: 1 });

  expect(world.announced).toHaveLength(1);
});

const completionOf = () => {
  const [found] = [...world.model.items.values()].filter(({ sk }) => sk.startsWith('completion#'));
  return found as Parameters<typeof action>[0];
};
