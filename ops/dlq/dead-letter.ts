import type { Message } from '@aws-sdk/client-sqs';
import { nextRound, readMessage } from '../../lambda/core/process/index.ts';
import { isoTime } from '../cli/time.ts';
import type { ListedEvent } from '../events/store.ts';

/** A message in the dead-letter queue, and what it means now. Field names are part of `--json`. */
export interface DeadLetter {
  message_id: string;
  event_id?: string;
  /** The event's present reason if it has one, else the message's own. */
  reason: string;
  /** `service`: the processor gave up. `receive_count`: SQS did, after too many receives. */
  moved_by: 'service' | 'receive_count';
  sent_at: string;
  /** The failure that this message may reopen. */
  reopen?: number;
  run_id?: string;
  workflow_id?: string;
  status?: string;
  /**
   * `open`: a redrive reopens the event, or lets a worker continue it. `settled`: the event has continued without
   * this message (redriven from the AWS console, replayed); a redrive only removes the message. `stuck`: it cannot be
   * redriven, as this service did not send it or its event no longer exists.
   */
  standing: 'open' | 'settled' | 'stuck';
  /** State of its event, if that exists. */
  state?: string;
}

/** Whether a redrive would only repeat the lookup, so that a person has to decide. */
export const needsDecision = ({ standing, reason }: Pick<DeadLetter, 'standing' | 'reason'>): boolean =>
  standing === 'open' && reason === 'outcome_unknown';

/** A received message, and what it says about its event. Its content is untrusted. */
export interface Envelope {
  message: Message;
  eventId: string | undefined;
  reopen: number | undefined;
}

export function open(message: Message): Envelope {
  const read = readMessage(message.Body ?? '');
  const { event: eventId, reopen } = read.kind === 'event' ? read.message : {};
  return { message, eventId, reopen };
}

export function describe(envelope: Envelope, event: ListedEvent | undefined): DeadLetter {
  const { message, eventId, reopen } = envelope;
  const standing = standingOf(envelope, event);
  return {
    message_id: message.MessageId ?? '',
    ...(eventId !== undefined && { event_id: eventId }),
    reason: reasonOf(envelope, event, standing),
    moved_by: sentReason(message) === undefined ? 'receive_count' : 'service',
    sent_at: isoTime(Number(message.Attributes?.SentTimestamp ?? 0)),
    ...(reopen !== undefined && { reopen }),
    ...(event?.run_id !== undefined && { run_id: event.run_id }),
    ...(event?.workflow_id !== undefined && { workflow_id: event.workflow_id }),
    ...(event?.status !== undefined && { status: event.status }),
    standing,
    ...(event && { state: event.state }),
  };
}

/** The reason that the processor gave when it sent the message here. */
const sentReason = ({ MessageAttributes }: Message): string | undefined =>
  MessageAttributes?.reason?.StringValue;

function reasonOf(
  { message, eventId }: Envelope,
  event: ListedEvent | undefined,
  standing: DeadLetter['standing'],
): string {
  if (eventId !== undefined && event === undefined) return 'event_missing';
  if (event?.state === 'failed' && standing === 'open' && event.reason) return event.reason;
  return sentReason(message) ?? (eventId === undefined ? 'garbage' : 'receive_count');
}

function standingOf({ eventId, reopen }: Envelope, event: ListedEvent | undefined): DeadLetter['standing'] {
  if (eventId === undefined || event === undefined) return 'stuck';
  // It may be the event's only message, moved by its receive count in any round. An extra message is harmless.
  if (event.state === 'received') return 'open';
  // A replan that SQS gave up on before its round began.
  if (event.state === 'processed' && reopen === nextRound(event)) return 'open';
  return event.state === 'failed' && reopen !== undefined && reopen >= event.failure ? 'open' : 'settled';
}
