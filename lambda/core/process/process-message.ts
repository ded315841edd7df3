import type { Verdict, Worker } from '../completion/index.ts';
import { keepEventBody } from '../completion/index.ts';
import type { EventMessage } from '../model/index.ts';
import { CALL_TIMEOUT, type EventItem, eventKey, ROLLBACK_WAIT, SECOND } from '../model/index.ts';
import { LaterReleaseError, LostRaceError, load } from '../store/index.ts';
import { handleCompletion } from './handle-completion.ts';
import { identifyCompletion } from './identify-completion.ts';
import { readMessage } from './read-message.ts';
import { reopen, reopens } from './reopen.ts';

/** Lost races in one go before the message waits: somebody else is at work on this event. */
const RACES = 4;

export interface Message {
  body: string;
  /** `ApproximateReceiveCount`. */
  receives: number;
}

/**
 * Handles one message to its verdict. The message lives until its event is finished: every way out either waits
 * or leaves the event finished. An error that is thrown is a crash by another name: the message comes back.
 */
export async function processMessage(worker: Worker, message: Message): Promise<Verdict> {
  const { system, deadLetters } = worker;
  const read = readMessage(message.body);
  if (read.kind === 'from_the_future') return { kind: 'wait', until: system.now() + ROLLBACK_WAIT };
  if (read.kind === 'garbage') {
    await deadLetters.send(message.body, 'garbage');
    return { kind: 'acknowledge', outcome: 'dead_lettered' };
  }
  for (let races = 0; races < RACES; races += 1) {
    // Others of its batch have used up the time: a claim would be for nothing.
    if (system.now() + CALL_TIMEOUT > worker.deadline) break;
    try {
      return await handleEvent(worker, read.message, message);
    } catch (error) {
      if (error instanceof LaterReleaseError) return { kind: 'wait', until: system.now() + ROLLBACK_WAIT };
      // A compare-and-swap was lost, so what was decided on is no longer true: look again from the top.
      if (!(error instanceof LostRaceError)) throw error;
    }
  }
  return { kind: 'wait', until: system.now() + SECOND + system.random() * 4 * SECOND };
}

async function handleEvent(
  worker: Worker,
  message: EventMessage,
  { body, receives }: Message,
): Promise<Verdict> {
  const { table, deadLetters } = worker;
  const found = await load<EventItem>(table, eventKey(message.event));
  if (!found) {
    await deadLetters.send(body, 'event_missing');
    return { kind: 'acknowledge', outcome: 'dead_lettered' };
  }
  const event = reopens(message, found) ? await reopen(worker, found, message.reopen as number) : found;
  if (event.state !== 'received') return { kind: 'acknowledge', outcome: 'finished_before' };
  await keepEventBody(worker, event);

  const identified = await identifyCompletion(worker, event);
  if ('until' in identified) return { kind: 'wait', until: identified.until };
  return handleCompletion(worker, identified.event, identified.completion, receives);
}
