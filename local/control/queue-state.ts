import { parseObject } from '../../ops/json.ts';
import { depthOf } from '../../ops/queues/depths.ts';
import type { AwsCaller } from '../emulators/caller.ts';
import type { InspectedMessage } from '../emulators/queues.ts';
import type { QueueModel } from '../template/model.ts';

/** How many messages a queue holds. */
export async function countMessages(aws: AwsCaller, queue: QueueModel) {
  const { Attributes } = await aws.call<{ Attributes: Record<string, string> }>('sqs', 'GetQueueAttributes', {
    QueueUrl: queue.url,
    AttributeNames: ['All'],
  });
  return depthOf(Attributes);
}

/** The parts of a dead letter that may be shown: ids, reason and time (ISO 8601), no payload. */
export function deadLetter({ messageId, body, messageAttributes, sentTimestamp }: InspectedMessage) {
  const event = parseObject(body)?.event;
  return {
    id: messageId,
    event_id: typeof event === 'string' ? event : null,
    reason: messageAttributes.reason?.StringValue ?? null,
    sent_at: new Date(sentTimestamp).toISOString(),
  };
}
