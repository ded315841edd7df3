import type { AwsCaller } from '../emulators/caller.ts';
import type { InspectedMessage } from '../emulators/queues.ts';
import type { QueueModel } from '../template/model.ts';

/** How many messages a queue holds. */
export async function countMessages(aws: AwsCaller, queue: QueueModel) {
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

/** The parts of a dead letter that may be shown: ids, reason and time (ISO 8601), no payload. */
export function deadLetter(message: InspectedMessage) {
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
