import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { inOneLine, type OperatorError } from '../errors.ts';
import { readEvents } from '../events/store.ts';
import { deadLetterDepth } from '../queues/depths.ts';
import type { AuditedStage } from '../stage/audited-stage.ts';
import { type ReadAfter, readAfter } from '../stage/read-after.ts';
import type { Stage } from '../stage/stage.ts';
import { type DeadLetter, describe, type Envelope, open } from './dead-letter.ts';
import { type DeadLetterFilter, matchesDeadLetter } from './filter.ts';

/** Most messages of one receive: a limit of SQS. */
const BATCH = 10;
/** After this many receives in a row with nothing new, all messages have been seen: skipped ones come back. */
const STALE_RECEIVES = 5;

export interface Received extends Envelope {
  deadLetter: DeadLetter;
}

/** Batch by batch, each message once. SQS shows a message only by receiving it, which hides it for `hideSeconds`. */
export async function* receiveDeadLetters(stage: Stage, hideSeconds: number): AsyncGenerator<Received[]> {
  const seen = new Set<string>();
  for (let stale = 0; stale < STALE_RECEIVES; ) {
    const { Messages = [] } = await stage.clients.sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: stage.outputs.deadLetterQueueUrl,
        MaxNumberOfMessages: BATCH,
        VisibilityTimeout: hideSeconds,
        // A long poll asks all servers of the queue: an empty answer means that it is empty.
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
    yield await withEvents(stage, fresh).catch(async (error: unknown) => {
      // The caller never learns of these, so it cannot put them back.
      await putBackOrLeave(stage, Messages);
      throw error;
    });
  }
}

async function withEvents(stage: Stage, messages: Message[]): Promise<Received[]> {
  const envelopes = messages.map(open);
  const ids = envelopes.flatMap(({ eventId }) => (eventId === undefined ? [] : [eventId]));
  const events = await readEvents(stage, [...new Set(ids)]);
  return envelopes.map((envelope) => ({
    ...envelope,
    deadLetter: describe(envelope, envelope.eventId === undefined ? undefined : events.get(envelope.eventId)),
  }));
}

/** Makes messages visible again at once. Messages that no longer exist are ignored. */
async function putBack(stage: Stage, messages: readonly Message[]): Promise<void> {
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

/** What cannot be put back becomes visible again by itself: that is no reason to lose the result, or the first error. */
export const putBackOrLeave = (stage: Stage, messages: readonly Message[]): Promise<void> =>
  putBack(stage, messages).catch(() => undefined);

export async function remove(stage: AuditedStage, { ReceiptHandle }: Message): Promise<void> {
  await stage.clients.sqs.send(
    new DeleteMessageCommand({ QueueUrl: stage.outputs.deadLetterQueueUrl, ReceiptHandle }),
  );
}

/** Long enough to read a full queue, short enough that a killed command hides nothing for long. */
const HIDE_SECONDS = 60;

export interface DeadLetterList {
  messages: DeadLetter[];
  more: boolean;
}

/** Looks through the dead-letter queue and leaves it as it was. */
export async function listDeadLetters(
  stage: Stage,
  filter: DeadLetterFilter = {},
  limit = 100,
): Promise<DeadLetterList> {
  const taken: Message[] = [];
  const messages: DeadLetter[] = [];
  try {
    for await (const batch of receiveDeadLetters(stage, HIDE_SECONDS)) {
      taken.push(...batch.map(({ message }) => message));
      messages.push(
        ...batch.map(({ deadLetter }) => deadLetter).filter((one) => matchesDeadLetter(one, filter)),
      );
      if (messages.length > limit) break;
    }
  } finally {
    await putBackOrLeave(stage, taken);
  }
  messages.sort((a, b) => (a.sent_at < b.sent_at ? -1 : 1));
  return { messages: messages.slice(0, limit), more: messages.length > limit };
}

/** Dead letters that are hidden now, as SQS counts them: another list or redrive is running or was interrupted. */
export const countHidden = (stage: Stage): Promise<ReadAfter<number>> =>
  readAfter(async () => (await deadLetterDepth(stage)).in_flight);

/** Says that there may be others. */
export const unreadDepth = (why: OperatorError): string =>
  `how many others are hidden could not be read: ${inOneLine(why)}\n`;

/** Warns that the visible ones are not all. */
export const hiddenLine = (hidden: number): string =>
  hidden > 0
    ? `${hidden} are hidden: another list or redrive is running or was interrupted; check again in a minute, or after an interrupted redrive in ten\n`
    : '';
