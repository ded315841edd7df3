import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { readEvents } from '../events/store.ts';
import type { Stage } from '../stage/stage.ts';
import { type DeadLetter, describe, type Envelope, open } from './dead-letter.ts';

/** Messages of one receive: SQS gives no more. */
const BATCH = 10;
/** Receives in a row that bring nothing new: what was left alone comes back already, and all else has been here. */
const STALE_RECEIVES = 5;

export interface Received extends Envelope {
  letter: DeadLetter;
}

/**
 * Takes messages out of the dead-letter queue, batch by batch, each once, until there are no more. SQS has no way
 * to look at a message without receiving it: while taken, it is hidden from others for `hideSeconds`.
 */
export async function* receiveDeadLetters(stage: Stage, hideSeconds: number): AsyncGenerator<Received[]> {
  const seen = new Set<string>();
  for (let stale = 0; stale < STALE_RECEIVES; ) {
    const { Messages = [] } = await stage.clients.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: stage.outputs.deadLetterQueueUrl,
        MaxNumberOfMessages: BATCH,
        VisibilityTimeout: hideSeconds,
        // A long poll asks all of the queue's servers: empty then means empty.
        WaitTimeSeconds: 1,
        MessageAttributeNames: ['reason'],
        MessageSystemAttributeNames: ['SentTimestamp', 'ApproximateReceiveCount'],
      }),
    );
    if (Messages.length === 0) return;
    const fresh = Messages.filter(({ MessageId = '' }) => !seen.has(MessageId));
    stale = fresh.length === 0 ? stale + 1 : 0;
    if (fresh.length === 0) continue;
    for (const { MessageId = '' } of fresh) seen.add(MessageId);
    yield await withEvents(stage, fresh);
  }
}

async function withEvents(stage: Stage, messages: Message[]): Promise<Received[]> {
  const envelopes = messages.map(open);
  const ids = envelopes.flatMap(({ eventId }) => (eventId === undefined ? [] : [eventId]));
  const events = await readEvents(stage, [...new Set(ids)]);
  return envelopes.map((envelope) => ({
    ...envelope,
    letter: describe(envelope, envelope.eventId === undefined ? undefined : events.get(envelope.eventId)),
  }));
}

/** Makes messages visible again at once. One that is gone by now needs nothing. */
export async function putBack(stage: Stage, messages: readonly Message[]): Promise<void> {
  for (let start = 0; start < messages.length; start += BATCH) {
    await stage.clients.sqs.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl: stage.outputs.deadLetterQueueUrl,
        Entries: messages.slice(start, start + BATCH).map(({ ReceiptHandle }, index) => ({
          Id: String(index),
          ReceiptHandle,
          VisibilityTimeout: 0,
        })),
      }),
    );
  }
}

export async function remove(stage: Stage, { ReceiptHandle }: Message): Promise<void> {
  await stage.clients.sqs.send(
    new DeleteMessageCommand({ QueueUrl: stage.outputs.deadLetterQueueUrl, ReceiptHandle }),
  );
}
