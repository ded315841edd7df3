import { DeleteMessageCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { type DeliveredWhole, type FinishedEvent, readEvent } from 'cyberdesk-webhooks/delivery';

/** What is used of a `Pool` of the npm package pg. */
export interface Database {
  query(text: string, values: unknown[]): Promise<unknown>;
}

/** The latest ending of a run stays, however often and in whatever order the deliveries arrive. */
const UPSERT = `
  INSERT INTO cyberdesk_runs (id, status, output, ended_at) VALUES ($1, $2, $3, $4)
  ON CONFLICT (id) DO UPDATE
    SET status = excluded.status, output = excluded.output, ended_at = excluded.ended_at
    WHERE excluded.ended_at >= cyberdesk_runs.ended_at`;

/**
 * Waits up to 20 seconds for deliveries and stores them. A message is deleted once its run is stored: what fails is
 * received again, and goes to the queue's own dead-letter queue in the end.
 *
 * @returns How many were stored.
 */
export async function consume(sqs: SQSClient, queueUrl: string, database: Database): Promise<number> {
  const receive = { QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 20 };
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(receive));
  for (const { Body = '', ReceiptHandle } of Messages) {
    const { time }: DeliveredWhole<FinishedEvent> = JSON.parse(Body);
    // From the text, so that an account number of 17 digits keeps all of them.
    const { run } = await readEvent<FinishedEvent>(Body);
    await database.query(UPSERT, [run.id, run.status, JSON.stringify(run.output_data ?? null), time]);
    await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
  }
  return Messages.length;
}
