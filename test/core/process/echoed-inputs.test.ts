import { expect, it } from 'vitest';
import { uuidV5 } from '../../../lambda/core/model/keys.ts';
import { MINUTE, SECOND } from '../../../lambda/core/model/time.ts';
import { startRun } from '../../../lambda/rules/index.ts';
import { answered, callFailure, runSnapshot } from '../support/cyberdesk.ts';
import {
  action,
  createRunCalls,
  event,
  loseResponse,
  processEvent,
  setUp,
  world,
} from '../support/scenario.ts';

/** The started run as the API shows it later. */
const shown = (id: string, input_values: unknown) =>
  runSnapshot({ id, input_values, created_at: new Date(world.system.time).toISOString() });

/** Receives the message until its event is finished, at most for some hours. */
async function receiveOn(): Promise<void> {
  for (let receives = 2; receives < 60; receives += 1) {
    const verdict = await processEvent({}, receives);
    if (verdict.kind === 'acknowledge') return;
    world.later(Math.max(verdict.until - world.system.time, SECOND));
  }
}

it.each([
  ['with a default added', { summary: 'three invoices filed', language: 'en' }],
  ['with a null added', { summary: 'three invoices filed', note: null }],
  ['trimmed', { summary: 'three invoices filed' }],
  ['under another name', { Summary: 'three invoices filed' }],
  ['cut off', { summary: 'three invoice' }],
  ['as text', '{"summary":"three invoices filed "}'],
  ['empty', {}],
  ['as null', null],
  ['not at all', undefined],
])(
  'a run that the API shows with its inputs %s is not started again after a lost response',
  async (_, inputs) => {
    await setUp({
      name: 'next',
      actions: ({ run }) =>
        startRun({ workflow_id: 'workflow-next', input_values: { summary: `${run.output_data?.summary} ` } }),
    });
    world.cyberdesk.answers.createRun = () => {
      world.cyberdesk.runs.push(shown('started', inputs));
      return callFailure({ mayHaveTakenEffect: true });
    };
    await processEvent();
    // The key is forgotten by then.
    world.later(3 * MINUTE);

    await receiveOn();

    expect(createRunCalls()).toHaveLength(1);
    expect(event()).toMatchObject({ state: 'failed', reason: 'outcome_unknown' });
  },
);

it.each([
  ['without that input', { day: 1 }],
  ['with that input masked', { day: 1, request: '***' }],
  ['with null as its inputs', null],
  ['without inputs', {}],
])('a run that the API shows %s is not started again where that input correlates it', async (_, inputs) => {
  await setUp({
    name: 'next',
    actions: () =>
      startRun({ workflow_id: 'workflow-next', input_values: { day: 1 } }, { correlate: 'request' }),
  });
  world.cyberdesk.answers.createRun = () => {
    world.cyberdesk.runs.push(shown('started', inputs));
    return callFailure({ mayHaveTakenEffect: true });
  };
  await processEvent();
  world.later(3 * MINUTE);

  await receiveOn();

  expect(createRunCalls()).toHaveLength(1);
  expect(event()).toMatchObject({ state: 'failed', reason: 'outcome_unknown' });
});

it('an equal run that someone else started is not adopted where a correlation input is in use', async () => {
  await setUp({
    name: 'next',
    actions: () =>
      startRun({ workflow_id: 'workflow-next', input_values: { day: 1 } }, { correlate: 'request' }),
  });
  await loseResponse();
  world.cyberdesk.runs = [
    shown('theirs', { day: 2 }),
    shown('of-another-stage', { day: 1, request: uuidV5('another stage') }),
  ];
  world.cyberdesk.answers.createRun = () => answered({ runIds: ['ours'] });
  world.later(3 * MINUTE);

  await receiveOn();

  expect(event().state).toBe('processed');
  expect(action().result).toMatchObject({ run_ids: ['ours'] });
});

it('a run of someone else with inputs nested deeper than a stack is compared, and does not hold up the event', async () => {
  await setUp({
    name: 'next',
    actions: () => startRun({ workflow_id: 'workflow-next', input_values: { items: ['x', 'y'] } }),
  });
  await loseResponse();
  const deep: unknown = JSON.parse(`${'['.repeat(20_000)}1${']'.repeat(20_000)}`);
  world.cyberdesk.runs.push(shown('foreign', { items: [deep, 'q'] }));
  world.later(3 * MINUTE);

  await receiveOn();

  expect(event()).toMatchObject({ state: 'processed' });
  expect(action()).not.toMatchObject({ result: { run_ids: ['foreign'] } });
});
