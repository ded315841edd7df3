import { readFileSync } from 'node:fs';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { PGlite } from '@electric-sql/pglite';
import { deliver } from 'cyberdesk-webhooks/rules';
import { finishedRun, planFor } from 'cyberdesk-webhooks/testing';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { useEmulatedAws } from '#emulated-aws';
import { consume } from './consumer.ts';
import rules from './follow-ups.ts';

useEmulatedAws();

/** Postgres itself, in this process. */
let postgres: PGlite;
beforeAll(async () => {
  postgres = await PGlite.create();
});
afterAll(() => postgres.close());

const SCHEMA = readFileSync(new URL('schema.sql', import.meta.url), 'utf8');

let sqs: SQSClient;
let queueUrl: string;
beforeEach(async ({ task }) => {
  sqs = new SQSClient();
  const { QueueUrl = '' } = await sqs.send(
    new CreateQueueCommand({ QueueName: task.id.replaceAll('_', '-') }),
  );
  queueUrl = QueueUrl;
  await postgres.exec(`DROP TABLE IF EXISTS cyberdesk_runs; ${SCHEMA}`);
});

const RUN = '11111111-1111-4111-8111-111111111111';

/** A delivery, as the text that is in the queue. */
const send = (time: string, status: string, output = '{}') =>
  sqs.send(
    new SendMessageCommand({
      QueueUrl: queueUrl,
      MessageBody: `{"id":"${time}","time":"${time}","data":{"run":{"id":"${RUN}","status":"${status}","output_data":${output}}}}`,
    }),
  );

/** The output as text, in which no digit is rounded. */
const rows = async () =>
  (await postgres.query('SELECT id, status, output::text AS output FROM cyberdesk_runs')).rows;

it('every run is delivered to the queue', () => {
  expect(planFor(rules, finishedRun({ status: 'cancelled' }))).toEqual({
    'persist-run': [deliver('warehouse')],
  });
});

it('a run is stored with all digits of its output, and its message deleted', async () => {
  await send('2026-01-01T00:01:00Z', 'success', '{"account":12345678901234567890}');

  expect(await consume(sqs, queueUrl, postgres)).toBe(1);
  expect(await rows()).toEqual([{ id: RUN, status: 'success', output: '{"account": 12345678901234567890}' }]);
  expect(await waiting()).toEqual({ visible: '0', hidden: '0' });
});

it('an earlier ending of a run does not replace a later one', async () => {
  await send('2026-01-01T00:09:00Z', 'success');
  await send('2026-01-01T00:01:00Z', 'error');
  await consume(sqs, queueUrl, postgres);

  expect(await rows()).toMatchObject([{ status: 'success' }]);
});

it('a message stays in the queue if its run cannot be stored', async () => {
  await send('2026-01-01T00:01:00Z', 'success');
  await postgres.exec('DROP TABLE cyberdesk_runs');

  await expect(consume(sqs, queueUrl, postgres)).rejects.toThrow('relation "cyberdesk_runs" does not exist');
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
