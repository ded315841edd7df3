import type { Message } from '@aws-sdk/client-sqs';
import type { EventItem } from '../../lambda/core/model/index.ts';
import { nextRound, readMessage } from '../../lambda/core/process/index.ts';

/** A message in the dead-letter queue, and what it means now. */
export interface DeadLetter {
  message_id: string;
  event_id?: string;
  /** The event's present reason where there is one, else the message's own. */
  reason: string;
  /** `service`: we gave it up. `receive_count`: SQS did, after too many receives. */
  moved_by: 'service' | 'receive_count';
  sent_at: string;
  /** The failure that this message may reopen. */
  reopen?: number;
  run_id?: string;
  workflow_id?: string;
  status?: string;
  /**
   * `open`: a redrive reopens the event or takes it up again. `settled`: the event has gone on without this
   * message (redriven from the AWS console, replayed); a redrive only clears it away. `stuck`: no redrive helps,
   * as it is not ours or its event is gone.
   */
  standing: 'open' | 'settled' | 'stuck';
  /** State of its event, where there is one. */
  state?: string;
}

/** A received message with its event's number for a reopen, read without trust. */
export interface Envelope {
  message: Message;
  eventId: string | undefined;
  reopen: number | undefined;
}

export function open(message: Message): Envelope {
  const read = readMessage(message.Body ?? '');
  if (read.kind === 'event') {
    return { message, eventId: read.message.event, reopen: read.message.reopen };
  }
  return { message, eventId: undefined, reopen: undefined };
}

export function describe({ message, eventId, reopen }: Envelope, event: EventItem | undefined): DeadLetter {
  const ours = message.MessageAttributes?.reason?.StringValue;
  const fallback = ours ?? (eventId === undefined ? 'garbage' : 'receive_count');
  const standing = standingOf(eventId, reopen, event);
  const reason = event?.state === 'failed' && standing === 'open' ? (event.reason ?? fallback) : fallback;
  return {
    message_id: message.MessageId ?? '',
    ...(eventId !== undefined && { event_id: eventId }),
    reason: event === undefined && eventId !== undefined ? 'event_missing' : reason,
    moved_by: ours === undefined ? 'receive_count' : 'service',
    sent_at: new Date(Number(message.Attributes?.SentTimestamp ?? 0)).toISOString(),
    ...(reopen !== undefined && { reopen }),
    ...(event?.run_id !== undefined && { run_id: event.run_id }),
    ...(event?.workflow_id !== undefined && { workflow_id: event.workflow_id }),
    ...(event?.status !== undefined && { status: event.status }),
    standing,
    ...(event && { state: event.state }),
  };
}

function standingOf(
  eventId: string | undefined,
  reopen: number | undefined,
  event: EventItem | undefined,
): DeadLetter['standing'] {
  if (eventId === undefined || event === undefined) return 'stuck';
  // It may be the event's only message: moved by its receive count, in whatever round. One too many is harmless.
  if (event.state === 'received') return 'open';
  // A replan that SQS gave up before its round began.
  if (event.state === 'processed' && reopen === nextRound(event)) return 'open';
  return event.state === 'failed' && reopen !== undefined && reopen >= event.failure ? 'open' : 'settled';
}
