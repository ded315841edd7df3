import { describe, expect, it } from 'vitest';
import { uuidV5 } from '../../../lambda/core/model/keys.ts';
import { HOUR, SECOND } from '../../../lambda/core/model/time.ts';
import {
  type AnyRule,
  followUps,
  type JsonObject,
  type RuleDefinition,
  startChain,
  startRun,
} from '../../../lambda/rules/index.ts';
import { decide, processToTheEnd, recover, reopenings } from '../process/settle/support.ts';
import { restore, snapshot } from '../support/restore.ts';
import {
  action,
  createRunCalls,
  event,
  failCall,
  processEvent,
  receiveWebhook,
  setUp,
  world,
} from '../support/scenario.ts';
import { START } from '../support/system.ts';
import { createdRun, runComplete } from '../support/webhooks.ts';

const ruleOf = (actions: RuleDefinition['actions']): AnyRule => ({ name: 'r', actions });
const start = (workflow_id: string, correlate?: string) =>
  ruleOf(() => startRun({ workflow_id, input_values: { a: 1 } }, correlate ? { correlate } : undefined));

function deploy(rule: AnyRule): void {
  world.worker.rules = followUps(rule);
}

/** Cyberdesk shows the run of the first call. */
function showStarted(): void {
  const { workflow_id, input_values } = JSON.parse(createRunCalls()[0]?.body ?? '{}');
  world.cyberdesk.runs = [createdRun('started-1', world.system.time, { workflow_id, input_values })];
}

describe('rules with a mistake while a restore is redriven', () => {
  it.each([
    ['a mistyped workflow', start('workflow-mistyped'), start('workflow-next')],
    ['a mistyped workflow, with correlate', start('workflow-mistyped', 'by'), start('workflow-next', 'by')],
    [
      'another kind of action',
      ruleOf(() => startChain({ steps: [{ workflow_id: 'workflow-mistyped' }] })),
      start('workflow-next'),
    ],
  ])(
    'what was started by the rules of then is found after a redrive with %s was refused',
    async (_, wrong, right) => {
      await setUp(right);
      const point = snapshot();
      await processToTheEnd();
      showStarted();
      restore(point);
      deploy(wrong);
      await processToTheEnd();
      failCall('createRun', { status: 404 });
      failCall('createChain', { status: 404 });
      await processToTheEnd({ reopen: 1 });
      expect(event()).toMatchObject({ state: 'failed', reason: 'refused' });
      const calls = createRunCalls().length;
      deploy(right);
      recover();

      await processToTheEnd({ reopen: 2 });

      expect(createRunCalls()).toHaveLength(calls);
      expect(action()).toMatchObject({ result: { run_ids: ['started-1'] } });
    },
  );

  it('what was refused after it had been held back is not held back again, even if the rule threw in between', async () => {
    await setUp(start('workflow-next'));
    restore(snapshot());
    await processToTheEnd();
    failCall('createRun', { status: 422 });
    await processToTheEnd({ reopen: 1 });
    recover();
    deploy(
      ruleOf(() => {
        throw new Error('a mistake');
      }),
    );
    await processToTheEnd({ reopen: 2 });
    expect(event()).toMatchObject({ state: 'failed', reason: 'rule_threw' });
    deploy(start('workflow-next'));

    await processToTheEnd({ reopen: 3 });

    expect(event()).toMatchObject({ state: 'processed' });
  });
});

it.each([
  ['equal', { a: 1 }],
  ['other', { b: 2 }],
])(
  'a run with %s inputs from before the end of the run that it would follow neither is its follow-up nor in doubt',
  async (_, input_values) => {
    await setUp(start('workflow-next'));
    world.cyberdesk.runs = [createdRun('this-morning', START - 8 * HOUR, { input_values })];
    restore(snapshot(), START - 24 * HOUR);
    await processToTheEnd();

    await processToTheEnd({ reopen: 1 });

    expect(event()).toMatchObject({ state: 'processed' });
    expect(createRunCalls()).toHaveLength(1);
  },
);

describe('a plan of then with other inputs, which the list shows without a key', () => {
  const atDepth = (depth: number, correlate?: string) =>
    ruleOf(() =>
      startRun(
        { workflow_id: 'workflow-next', input_values: { depth } },
        correlate ? { correlate } : undefined,
      ),
    );

  async function redriveWith(correlate: string | undefined, ...others: JsonObject[]): Promise<void> {
    await setUp(atDepth(1, correlate));
    const point = snapshot();
    await processToTheEnd();
    world.cyberdesk.runs = [{ depth: 1 }, ...others].map((input_values, i) =>
      createdRun(`started-${i + 1}`, world.system.time, { input_values }),
    );
    restore(point);
    deploy(atDepth(0, correlate));
    await processToTheEnd();
    await processToTheEnd({ reopen: 1 });
  }

  it.each([undefined, 'by'])('such a run is left to a person (correlate: %s)', async (correlate) => {
    await redriveWith(correlate);

    expect(createRunCalls()).toHaveLength(1);
    expect(event()).toMatchObject({ state: 'failed', reason: 'outcome_unknown' });
  });

  it('such a run is not in doubt where the list shows the keys of others', async () => {
    await redriveWith('by', { depth: 1, by: uuidV5('of others') });

    expect(createRunCalls()).toHaveLength(2);
    expect(event()).toMatchObject({ state: 'processed' });
  });
});

it('what a person starts again after a restore has a key that no lost round has used', async () => {
  await setUp(start('workflow-next'));
  const point = snapshot();
  failCall('createRun', { status: 422 });
  await processToTheEnd();
  recover();
  await processToTheEnd({ reopen: 1 });
  const sent = createRunCalls().map(({ key }) => key);
  restore(point);
  await processToTheEnd();
  await decide({ kind: 'start_again' });

  for (const message of reopenings()) await processToTheEnd(message);

  expect(createRunCalls()).toHaveLength(3);
  expect(sent).not.toContain(createRunCalls().at(-1)?.key);
});

it('what a person starts again after a restore is started, whatever the list shows', async () => {
  await setUp(start('workflow-next'));
  const point = snapshot();
  await processToTheEnd();
  showStarted();
  restore(point);
  await processToTheEnd();
  await decide({ kind: 'start_again' });

  for (const message of reopenings()) await processToTheEnd(message);

  expect(createRunCalls()).toHaveLength(2);
});

describe('events that are redriven together', () => {
  /** Both are held back; the run of the second one was started before the restore. */
  async function loseTable(): Promise<void> {
    await setUp(
      ruleOf(({ run }) => startRun({ workflow_id: 'workflow-next', input_values: { of: run.id } })),
    );
    await receiveWebhook(runComplete({ id: 'run-2' }, { event_id: 'event-2' }), 'msg_2');
    const point = snapshot();
    await processToTheEnd({ event: 'event-2' });
    showStarted();
    restore(point);
    for (const id of ['event-1', 'event-2']) await processToTheEnd({ event: id });
    // By then, the list is complete.
    world.later(HOUR);
  }

  it('an event waits while a run may still belong to another one, and starts its own once that has it', async () => {
    await loseTable();

    for (let turns = 0; turns < 3; turns += 1) {
      expect(await processEvent({ event: 'event-1', reopen: 1 })).toMatchObject({ kind: 'wait' });
      world.later(20 * SECOND);
    }
    await processToTheEnd({ event: 'event-2', reopen: 1 });
    await processToTheEnd({ event: 'event-1', reopen: 1 });

    for (const id of ['event-1', 'event-2']) expect(event(id)).toMatchObject({ state: 'processed' });
    expect(createRunCalls()).toHaveLength(2);
  });

  it('an event does not wait for long, and is left to a person then', async () => {
    await loseTable();
    const began = world.system.time;

    await processToTheEnd({ event: 'event-1', reopen: 1 });

    expect(event('event-1')).toMatchObject({ state: 'failed', reason: 'outcome_unknown' });
    expect(world.system.time - began).toBeLessThan(HOUR / 4);
  });
});
