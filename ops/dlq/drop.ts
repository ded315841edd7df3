import type { Message } from '@aws-sdk/client-sqs';
import type { AuditedStage } from '../stage/audited-stage.ts';
import type { DeadLetter } from './dead-letter.ts';
import { putBackOrLeave, receiveDeadLetters, remove } from './receive.ts';

/** As for a list: a message that is only looked at soon comes back by itself. */
const HIDE_SECONDS = 60;

export interface Dropped {
  dropped: DeadLetter[];
  /** Named, and left where it is: its event can be redriven or has continued. */
  refused: DeadLetter[];
}

/**
 * Deletes messages that can never be redriven: this service did not send them, or their events no longer exist. Any other
 * stands for an event that needs a person.
 *
 * @param id A message id or event id; all such messages where undefined.
 */
export async function dropDeadLetters(stage: AuditedStage, id: string | undefined): Promise<Dropped> {
  const result: Dropped = { dropped: [], refused: [] };
  const left = new Set<Message>();
  try {
    for await (const batch of receiveDeadLetters(stage, HIDE_SECONDS)) {
      for (const { message } of batch) left.add(message);
      for (const { message, deadLetter } of batch) {
        if (id !== undefined && deadLetter.message_id !== id && deadLetter.event_id !== id) continue;
        if (deadLetter.standing !== 'stuck') {
          if (id !== undefined) result.refused.push(deadLetter);
          continue;
        }
        if (deadLetter.event_id !== undefined) await stage.trail.mark(deadLetter.event_id);
        await remove(stage, message);
        left.delete(message);
        result.dropped.push(deadLetter);
      }
    }
  } finally {
    await putBackOrLeave(stage, [...left]);
  }
  return result;
}
