import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Stage } from '../stage/stage.ts';

/** Messages in a queue, as SQS counts them: approximate, and exact once the queue has been quiet for a minute. */
export interface Depth {
  visible: number;
  /** Received and not yet deleted; a deferred event counts here. */
  in_flight: number;
  delayed: number;
}

export interface QueueDepths {
  queue: Depth;
  dlq: Depth;
}

export async function queueDepths(stage: Stage): Promise<QueueDepths> {
  const [queue, dlq] = await Promise.all([waitingDepth(stage), deadLetterDepth(stage)]);
  return { queue, dlq };
}

export const waitingDepth = (stage: Stage): Promise<Depth> => depth(stage, stage.outputs.queueUrl);

export const deadLetterDepth = (stage: Stage): Promise<Depth> =>
  depth(stage, stage.outputs.deadLetterQueueUrl);

async function depth({ clients }: Stage, url: string): Promise<Depth> {
  const { Attributes = {} } = await clients.sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: url,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
      ],
    }),
  );
  return depthOf(Attributes);
}

/** From the attributes of a queue. */
export const depthOf = (attributes: Readonly<Record<string, string>>): Depth => ({
  visible: Number(attributes.ApproximateNumberOfMessages ?? 0),
  in_flight: Number(attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
  delayed: Number(attributes.ApproximateNumberOfMessagesDelayed ?? 0),
});
