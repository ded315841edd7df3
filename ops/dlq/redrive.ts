import { type Message, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Stage } from '../stage/stage.ts';
import type { DeadLetter } from './dead-letter.ts';
import { type DeadLetterFilter, matchesDeadLetter } from './filter.ts';
import { type Pace, pacer } from './pace.ts';
import { putBack, type Received, receiveDeadLetters, remove } from './receive.ts';

/** Hidden while others are being moved; a message that is not moved by then simply shows again. */
const HIDE_SECONDS = 600;

export interface RedriveOptions extends Partial<Pace> {
  filter?: DeadLetterFilter;
  /** Messages per second. */
  rate?: number;
  /** Called after each message. */
  onMoved?: (letter: DeadLetter, moved: number) => void;
  /** Ends the redrive between two messages. */
  signal?: AbortSignal;
}

export interface Redriven {
  /** Sent back to the queue. */
  redriven: DeadLetter[];
  /** Cleared away: their events had gone on without them. */
  settled: DeadLetter[];
  /** Left where they are: not ours, or without an event. */
  stuck: DeadLetter[];
}

/**
 * Moves dead letters back to the queue: receive, send as it is, delete, one by one. In this order nothing is lost
 * when this command dies; a message that is then in both queues does no harm, as it names the one failure that it
 * may reopen. A message that fails again comes back as another failure and is left for the next redrive, so a
 * redrive ends.
 */
export async function redriveDeadLetters(stage: Stage, options: RedriveOptions = {}): Promise<Redriven> {
  const { filter = {}, rate = 10, onMoved, signal } = options;
  const pace = pacer(rate, options);
  const result: Redriven = { redriven: [], settled: [], stuck: [] };
  const left = new Set<Message>();
  const reopened = new Map<string, number>();
  const failedAgain = ({ eventId = '', reopen = 0 }: Received): boolean =>
    reopened.has(eventId) && reopen > (reopened.get(eventId) as number);
  try {
    for await (const batch of receiveDeadLetters(stage, HIDE_SECONDS)) {
      for (const { message } of batch) left.add(message);
      for (const received of batch) {
        const { letter, message } = received;
        if (signal?.aborted || !matchesDeadLetter(letter, filter) || failedAgain(received)) continue;
        if (letter.standing === 'stuck') {
          result.stuck.push(letter);
          continue;
        }
        if (letter.standing === 'settled') {
          await remove(stage, message);
          result.settled.push(letter);
        } else {
          await pace();
          // Stopped while it waited for its turn.
          if (signal?.aborted) continue;
          await move(stage, message);
          reopened.set(received.eventId as string, received.reopen ?? 0);
          result.redriven.push(letter);
          onMoved?.(letter, result.redriven.length);
        }
        left.delete(message);
      }
      const isSingle = filter.id !== undefined && result.redriven.length + result.settled.length > 0;
      if (signal?.aborted || isSingle) break;
    }
  } catch (error) {
    // What failed is what the caller hears of; should this fail as well, they show again by themselves.
    await putBack(stage, [...left]).catch(() => undefined);
    throw error;
  }
  await putBack(stage, [...left]);
  return result;
}

/** The body alone: the reason that it carries here would be untrue of it there. */
async function move(stage: Stage, message: Message): Promise<void> {
  await stage.clients.sqs.send(
    new SendMessageCommand({ QueueUrl: stage.outputs.queueUrl, MessageBody: message.Body }),
  );
  await remove(stage, message);
}
