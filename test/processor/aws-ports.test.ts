import { expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../lambda/core/model/index.ts';
import { awsProcessor } from '../../lambda/processor/aws-ports.ts';
import { processEvents } from '../../lambda/processor/processor.ts';
import { followUps, startRun } from '../../lambda/rules/index.ts';
import { sqsRecord } from '../simulation/model/sqs-record.ts';
import { environment } from './support.ts';

it('every call of AWS ends with its invocation, those of the gate and the queue included', async () => {
  const calls: { name: string; key: unknown; signal: unknown }[] = [];
  const client = {
    send: async (command: { input: object }, options?: { abortSignal?: AbortSignal }) => {
      const key = 'Key' in command.input ? command.input.Key : undefined;
      calls.push({ name: command.constructor.name, key, signal: options?.abortSignal });
      throw new Error('down');
    },
  } as never;
  const clients = {
    dynamoDb: client,
    sqs: client,
    sns: client,
    secrets: client,
    lambda: client,
    eventBridge: client,
  };
  const processor = {
    ...awsProcessor(clients, environment),
    rules: followUps({ name: 'r', actions: () => startRun({ workflow_id: 'next' }) }),
    log: () => undefined,
    count: () => undefined,
    time: () => undefined,
  };
  const body = JSON.stringify({ v: 1, event: 'event-1' });
  const Records = [sqsRecord('m1', { body, receives: 1, handle: 'h' })];

  await processEvents(processor, { Records }, { getRemainingTimeInMillis: () => 55 * SECOND });
  await processor.gate.waiting();

  expect(calls.map(({ name }) => name)).toContain('ChangeMessageVisibilityCommand');
  expect(calls.map(({ key }) => key)).toContainEqual({ pk: { S: 'control#pause' }, sk: { S: 'pause' } });
  for (const { name, signal } of calls) expect(signal, name).toBeInstanceOf(AbortSignal);
});

it('the base URL of the API has no slash at its end, and its clients keep the settings', () => {
  const clients = {} as never;
  const { settings } = awsProcessor(clients, {
    ...environment,
    apiUrl: 'https://a.test/v/1//',
    repeatUnanswered: false,
  });

  expect(settings).toMatchObject({
    apiUrl: 'https://a.test/v/1',
    repeatUnanswered: false,
    stage: 'dev',
    lease: MINUTE,
    destinations: [],
    tableName: 'table',
  });
});
