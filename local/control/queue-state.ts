import type { AwsCaller } from '../emulators/caller.ts';
import type { InspectedMessage } from '../emulators/queues.ts';
import type { QueueModel } from '../template/model.ts';

/** How many messages a queue holds. */
export interface QueueCounts {
  readonly visible: number;
  readonly in_flight: number;
  readonly delayed: number;
}

/** A message in the dead-letter queue: ids and reason, no payload. */
export interface DeadLetter {
  readonly id: string;
  readonly event_id: string | null;
  readonly reason: string | null;
  /** ISO 8601. */
  readonly sent_at: string;
}

/** Counts a queue's messages. */
export async function countMessages(aws: AwsCaller, queue: QueueModel): Promise<QueueCounts> {
  const { Attributes } = await aws.call<{ Attributes: Record<string, string> }>('sqs', 'GetQueueAttributes', {
    QueueUrl: queue.url,
    AttributeNames: ['All'],
  });
  return {
    visible: Number(Attributes.ApproximateNumberOfMessages),
    in_flight: Number(Attributes.ApproximateNumberOfMessagesNotVisible),
    delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed),
  };
}

/** The parts of a dead letter that may be shown. */
export function deadLetter(message: InspectedMessage): DeadLetter {
  let event: unknown;
  try {
    event = (JSON.parse(message.body) as { event?: unknown } | null)?.event;
  } catch {
    // A message that cannot be parsed may well be in a dead-letter queue.
  }
  return {
    id: message.messageId,
    event_id: typeof event === 'string' ? event : null,
    reason: message.messageAttributes.reason?.StringValue ?? null,
    sent_at: new Date(message.sentTimestamp).toISOString(),
  };
}
