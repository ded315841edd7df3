import {
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import {
  type DeadLetterQueue,
  type EventMessage,
  LONGEST_WAIT,
  type Queue,
  type ResendQueue,
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

/** The queue for the sweeper: in batches, and with its length. */
export function sqsResendQueue(client: Client, queueUrl: string, signal?: AbortSignal): ResendQueue {
  const options = signal ? { abortSignal: signal } : {};
  return {
    async sendAll(messages: readonly EventMessage[]): Promise<EventMessage[]> {
      const command = new SendMessageBatchCommand({
        QueueUrl: queueUrl,
        Entries: messages.map((message, index) => ({
          Id: String(index),
          MessageBody: JSON.stringify(message),
        })),
      });
      // A batch is answered with 200 even if none of its messages was taken.
      const { Failed = [] } = await client.send(command, options);
      const refused = new Set(Failed.map(({ Id }) => Id));
      return messages.filter((_, index) => refused.has(String(index)));
    },

    async backlog(): Promise<number> {
      const command = new GetQueueAttributesCommand({
        QueueUrl: queueUrl,
        AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
      });
      const { Attributes = {} } = await client.send(command, options);
      return Object.values(Attributes).reduce((sum, value) => sum + Number(value), 0);
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

/** Defers a received message: hides it for `duration` milliseconds from now. @param signal Aborts the call. */
export const hideMessage =
  (client: Client, queueUrl: string) =>
  async (receiptHandle: string, duration: number, signal: AbortSignal): Promise<void> => {
    const command = new ChangeMessageVisibilityCommand({
      QueueUrl: queueUrl,
      ReceiptHandle: receiptHandle,
      VisibilityTimeout: Math.ceil(Math.min(Math.max(duration, 0), LONGEST_WAIT) / SECOND),
    });
    await client.send(command, { abortSignal: signal });
  };
