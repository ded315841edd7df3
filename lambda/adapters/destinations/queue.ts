import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Delivery, DeliveryOutcome } from '../../core/model/index.ts';
import { partsOf } from './arn.ts';
import { sendWithin } from './sender.ts';

/** The most that any queue takes; the `MaximumMessageSize` of this one may be lower. */
const LARGEST_MESSAGE = 1024 * 1024;

/** Sends a message. In a FIFO queue, the order is kept among the events about one run. */
export function sendToQueue(
  client: Pick<SQSClient, 'send'>,
  arn: string,
  delivery: Delivery,
  signal: AbortSignal,
): Promise<DeliveryOutcome> {
  const { dedupeId, subject } = delivery;
  const order = arn.endsWith('.fifo') && { MessageGroupId: subject, MessageDeduplicationId: dedupeId };
  return sendWithin(LARGEST_MESSAGE, delivery, async (MessageBody) => {
    const command = new SendMessageCommand({ QueueUrl: urlOf(arn), MessageBody, ...order });
    await client.send(command, { abortSignal: signal });
    return { kind: 'delivered' };
  });
}

/** The client's own endpoint counts, so the host of the URL does not matter. */
function urlOf(arn: string): string {
  const { region, account, resource } = partsOf(arn);
  return `https://sqs.${region}.amazonaws.com/${account}/${resource}`;
}
