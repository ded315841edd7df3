import type { Message } from '@aws-sdk/client-sqs';
import type { Stage } from '../stage/stage.ts';
import type { DeadLetter } from './dead-letter.ts';
import { type DeadLetterFilter, matchesDeadLetter } from './filter.ts';
import { putBack, receiveDeadLetters } from './receive.ts';

/** Long enough to look through a full queue, short enough that a killed command hides nothing for long. */
const HIDE_SECONDS = 60;

export interface DeadLetterList {
  messages: DeadLetter[];
  /** There are more than were asked for. */
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
    await putBack(stage, taken);
  }
  messages.sort((a, b) => (a.sent_at < b.sent_at ? -1 : 1));
  return { messages: messages.slice(0, limit), more: messages.length > limit };
}
