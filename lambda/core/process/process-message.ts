import type { Failing } from '../act/index.ts';
import type { Worker } from '../completion/index.ts';
import {
  type EventMessage,
  isActionable,
  type Reason,
  ROLLBACK_WAIT,
  SECOND,
  type Thrown,
} from '../model/index.ts';
import { LaterReleaseError, loadEvent, startingOver } from '../store/index.ts';
import { type Ending, finishEvent, type Verdict } from './finish-event.ts';
import { handleCompletion } from './handle-completion.ts';
import { hasTime, identifyCompletion } from './identify-completion.ts';
import { keepEventBody } from './keep-event-body.ts';
import { readMessage } from './read-message.ts';
import { reopen, reopenedRound } from './reopen.ts';

/** Lost races in one go before the message waits, because another worker is handling this event. */
const RACES = 4;

export interface Message {
  body: string;
  /** `ApproximateReceiveCount`. */
  receives: number;
  /** For the log: filled in on the way, so that it is there if handling throws. */
  facts: MessageFacts;
}

/** What is known of a message: ids, codes and numbers, never payload. */
export interface MessageFacts {
  event_id?: string;
  run_id?: string | undefined;
  reason?: Reason;
  /** HTTP status of the refusal that an event failed with. */
  http_status?: number | undefined;
  /** What an event that waits was last held up by. */
  failing?: Failing | undefined;
  /** What a rule threw. */
  thrown?: Thrown | undefined;
}

/**
 * Handles one message to its verdict. The message lives until its event is finished: every way out either waits or
 * leaves the event finished. Throwing an error is no better than a crash: the message is redelivered.
 */
export async function processMessage(worker: Worker, message: Message): Promise<Verdict> {
  const { system } = worker;
  const read = readMessage(message.body);
  if (read.kind === 'from_the_future')
    return { kind: 'wait', until: system.now() + ROLLBACK_WAIT, because: 'later_release' };
  if (read.kind === 'garbage') return sendToDeadLetters(worker, message, 'garbage');
  try {
    const verdict = await startingOver(
      () => handleMessage(worker, message, read.message),
      // Other messages of the batch may have used up the time, so that a claim would be of no use.
      (races) => races < RACES && hasTime(worker),
    );
    return (
      verdict ?? {
        kind: 'wait',
        until: system.now() + SECOND + system.random() * 4 * SECOND,
        because: hasTime(worker) ? 'lost_race' : 'no_time',
      }
    );
  } catch (error) {
    if (error instanceof LaterReleaseError)
      return { kind: 'wait', until: system.now() + ROLLBACK_WAIT, because: 'later_release' };
    throw error;
  }
}

async function handleMessage(worker: Worker, message: Message, content: EventMessage): Promise<Verdict> {
  message.facts.event_id = content.event;
  const found = await loadEvent(worker.table, content.event);
  if (!found) return sendToDeadLetters(worker, message, 'event_missing');
  message.facts.run_id = found.run_id;
  const round = reopenedRound(content, found);
  const event = round === undefined ? found : await reopen(worker, found, round);
  if (event.state !== 'received') return { kind: 'acknowledge', outcome: 'finished_before' };
  // The verifier receives only what can be acted on; an item that was changed by hand may be anything.
  if (!isActionable(event)) return sendToDeadLetters(worker, message, 'event_missing');
  await keepEventBody(worker, event);

  const identified = await identifyCompletion(worker, event);
  const ending =
    identified.kind === 'identified'
      ? await handleCompletion(worker, identified.event, identified.completion, message.receives)
      : identified;
  Object.assign(message.facts, factsOf(ending));
  return finishEvent(worker, identified.event, ending);
}

function factsOf(ending: Ending): MessageFacts {
  if (ending.kind === 'ignored') return { reason: ending.reason };
  if (ending.kind === 'wait') return { failing: ending.failing };
  if (ending.kind !== 'failed') return {};
  return { reason: ending.reason, http_status: ending.status, thrown: ending.thrown };
}

async function sendToDeadLetters(
  { deadLetters }: Worker,
  { body, facts }: Message,
  reason: 'garbage' | 'event_missing',
): Promise<Verdict> {
  facts.reason = reason;
  await deadLetters.send(body, reason);
  return { kind: 'acknowledge', outcome: 'dead_lettered' };
}
