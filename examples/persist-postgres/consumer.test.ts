import { readFileSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { deliver } from 'cyberdesk-webhooks/rules';
import { finishedRun, planFor } from 'cyberdesk-webhooks/testing';
import { beforeEach, expect, it } from 'vitest';
import { useEmulatedAws } from '#emulated-aws';
import { consume, type Database } from './consumer.ts';
import rules from './follow-ups.ts';

useEmulatedAws();

let sqs: SQSClient;
let queueUrl: string;
let sqlite: DatabaseSync;
let database: Database;
beforeEach(async ({ task }) => {
  sqs = new SQSClient();
  const { QueueUrl = '' } = await sqs.send(
    new CreateQueueCommand({ QueueName: task.id.replaceAll('_', '-') }),
  );
  queueUrl = QueueUrl;
  // The statements are ones that SQLite understands as Postgres does, except for the names of parameters.
  sqlite = new DatabaseSync(':memory:');
  sqlite.exec(readFileSync(new URL('schema.sql', import.meta.url), 'utf8'));
  database = {
    query: async (text, values) =>
      sqlite.prepare(text.replaceAll('$', '?')).run(...(values as SQLInputValue[])),
  };
});

/** A delivery, as the text that is in the queue. */
const send = (time: string, status: string, output = '{}') =>
  sqs.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: `{"id":"${time}","time":"${time}","data":{"run":{"id":"run-1","status":"${status}","output_data":${output}}}}`,
    }),
  );

const rows = () => sqlite.prepare('SELECT status, output FROM cyberdesk_runs').all();

it('every run is delivered to the queue', () => {
  expect(planFor(rules, finishedRun({ status: 'cancelled' }))).toEqual({
    'persist-run': [deliver('warehouse')],
  });
});

it('a run is stored with all digits of its output, and its message deleted', async () => {
  await send('2026-01-01T00:01:00Z', 'success', '{"account":12345678901234567890}');

  expect(await consume(sqs, queueUrl, database)).toBe(1);
  expect(rows()).toEqual([{ status: 'success', output: '{"account":12345678901234567890}' }]);
  expect(await waiting()).toEqual({ visible: '0', hidden: '0' });
});

it('an earlier ending of a run does not replace a later one', async () => {
  await send('2026-01-01T00:09:00Z', 'success');
  await send('2026-01-01T00:01:00Z', 'error');
  await consume(sqs, queueUrl, database);

  expect(rows()).toMatchObject([{ status: 'success' }]);
});

it('a message stays in the queue if its run cannot be stored', async () => {
  await send('2026-01-01T00:01:00Z', 'success');
  sqlite.exec('DROP TABLE cyberdesk_runs');

  await expect(consume(sqs, queueUrl, database)).rejects.toThrow('no such table');
  expect(await waiting()).toEqual({ visible: '0', hidden: '1' });
});

async function waiting() {
  const AttributeNames = ['All' as const];
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames }),
  );
  return {
    visible: Attributes.ApproximateNumberOfMessages,
    hidden: Attributes.ApproximateNumberOfMessagesNotVisible,
  };
}
