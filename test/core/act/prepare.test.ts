import { beforeEach, expect, it } from 'vitest';
import { HOUR, SECOND } from '../../../lambda/core/model/time.ts';
import { outputAttachments, type RuleDefinition, secret, startRun } from '../../../lambda/rules/index.ts';
import {
  action,
  createRunCalls,
  event,
  failCall,
  loseResponse,
  processEvent,
  setUp,
  setUpWith,
  world,
} from '../support/scenario.ts';

const rule: RuleDefinition = {
  name: 'r',
  actions: () =>
    startRun({ workflow_id: 'workflow-next', sensitive_input_values: { p: secret('arn:secret') } }),
};
beforeEach(async () => {
  await setUp(rule);
  world.secrets.set('arn:secret#AWSCURRENT', 'value', 'v1');
});

it('the value of a secret is sent with the call and stored nowhere', async () => {
  await processEvent();

  expect(createRunCalls()[0]?.body).toContain('"p":"value"');
  expect(JSON.stringify([...world.model.items.values()])).not.toContain('"value"');
});

it('the first attempt pins the version of a secret', async () => {
  await loseResponse();
  expect(action().pins).toEqual([{ version: 'v1' }]);

  world.secrets.set('arn:secret#AWSCURRENT', 'other', 'v2');
  world.secrets.set('arn:secret#v1', 'value', 'v1');
  world.later(6 * SECOND);

  await processEvent();

  expect(createRunCalls()[1]?.body).toContain('"p":"value"');
});

it('a secret that is missing is a refusal before the first attempt, and an unknown outcome after it', async () => {
  await loseResponse();
  world.later(6 * SECOND);
  await processEvent();
  expect(event()).toMatchObject({ reason: 'outcome_unknown' });

  await setUp(rule);
  await processEvent();
  expect(event()).toMatchObject({ reason: 'secret_missing' });
  expect(createRunCalls()).toHaveLength(0);
});

it('an action waits for a secret that cannot be read, without pausing other calls', async () => {
  world.secrets.failing = true;
  for (let tries = 0; tries < 5; tries += 1) {
    expect(await processEvent()).toMatchObject({ kind: 'wait' });
    world.later(HOUR);
  }

  expect(world.model.pause()).toBeUndefined();

  world.secrets.failing = false;
  expect(await processEvent()).toMatchObject({ outcome: 'processed' });
});

it('an unreadable secret neither begins an attempt nor ends the doubt about an earlier one', async () => {
  await setUp(rule);
  world.secrets.failing = true;

  await processEvent();

  expect(action()).not.toHaveProperty('begun');

  world.secrets.failing = false;
  world.secrets.set('arn:secret#AWSCURRENT', 'value', 'v1');
  world.secrets.set('arn:secret#v1', 'value', 'v1');
  failCall('createRun', { mayHaveTakenEffect: true });
  world.later(6 * SECOND);
  await processEvent({}, 2);
  const { begun } = action();
  world.secrets.failing = true;
  world.later(11 * SECOND);

  await processEvent({}, 3);

  expect(action()).toMatchObject({ begun, pins: [{ version: 'v1' }] });
});

it('a secret that is missing is named with its fault in the failure of its action', async () => {
  world.secrets.values.clear();

  await processEvent();

  expect(action().failure).toEqual({ reason: 'secret_missing', secret: { kind: 'empty', id: 'arn:secret' } });
});

it('a refusal that is not about a secret names none', async () => {
  const withFiles: RuleDefinition = {
    name: 'r',
    actions: ({ run }) => startRun({ workflow_id: 'w', file_inputs: [outputAttachments(run)] }),
  };
  await setUpWith({ output_attachment_ids: ['gone'] }, withFiles);

  await processEvent();

  expect(action().failure).toStrictEqual({ reason: 'attachment_missing' });
});

it('an attempt without secrets and attachments pins nothing', async () => {
  await setUp({ name: 'r', actions: () => startRun({ workflow_id: 'w' }) });

  await loseResponse();

  expect(action()).not.toHaveProperty('pins');
});

it('an unreadable secret does not revive a doubt that the complete list of runs has ended', async () => {
  await loseResponse();
  expect(action()).toHaveProperty('begun');
  world.secrets.failing = true;
  world.later(HOUR);

  expect(await processEvent({}, 2)).toMatchObject({ kind: 'wait' });

  expect(action()).toMatchObject({ tries: 2 });
  expect(action()).not.toHaveProperty('begun');
});
