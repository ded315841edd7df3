import { ChangeMessageVisibilityCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import {
  type DeadLetterQueue,
  type EventMessage,
  LONGEST_WAIT,
  type Queue,
  SECOND,
} from '../core/model/index.ts';

type Client = Pick<SQSClient, 'send'>;

export function sqsQueue(client: Client, queueUrl: string, signal?: AbortSignal): Queue {
  return {
    async send(message: EventMessage): Promise<void> {
      const command = new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(message) });
      await client.send(command, signal ? { abortSignal: signal } : {});
    },
  };
}

export function sqsDeadLetterQueue(client: Client, queueUrl: string, signal?: AbortSignal): DeadLetterQueue {
  return {
    async send(body: string, reason: string): Promise<void> {
      const command = new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: body,
        MessageAttributes: { reason: { DataType: 'String', StringValue: reason } },
      });
      await client.send(command, signal ? { abortSignal: signal } : {});
    },
  };
}

/** Defers a received message: hides it for `duration` milliseconds from now. */
export async function hideMessage(
  client: Client,
  queueUrl: string,
  receiptHandle: string,
  duration: number,
): Promise<void> {
  const seconds = Math.ceil(Math.min(Math.max(duration, 0), LONGEST_WAIT) / SECOND);
  await client.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: queueUrl,
      ReceiptHandle: receiptHandle,
      VisibilityTimeout: seconds,
    }),
  );
}
