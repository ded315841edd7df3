import type { CarriedOut } from '../act/index.ts';
import type { Worker } from '../completion/index.ts';
import {
  doorOf,
  EVENT_VERSION,
  type EventItem,
  type EventState,
  type Reason,
  ttlAfter,
  type WaitReason,
} from '../model/index.ts';
import { known, loadEvent, update } from '../store/index.ts';
import { keepFailedBody } from './keep-event-body.ts';
import { measureEnd } from './measure-end.ts';

/** The outcome of a message. */
export type Outcome = 'processed' | 'failed' | 'ignored' | 'duplicate' | 'finished_before' | 'dead_lettered';

/** What to do with a message. To wait, its visibility is changed; it is never replaced by another message. */
export type Verdict =
  | {
      kind: 'acknowledge';
      outcome: Outcome;
    }
  | { kind: 'wait'; until: number; because: WaitReason };

/** How an event ends, or that it has to wait. */
export type Ending = CarriedOut | { kind: 'duplicate'; of: string } | { kind: 'ignored'; reason: Reason };

/** Writes the end of an event: the one way out for every event that was worked on. */
export async function finishEvent(worker: Worker, event: EventItem, ending: Ending): Promise<Verdict> {
  switch (ending.kind) {
    case 'wait':
      return { kind: 'wait', until: ending.until, because: ending.because };
    case 'done':
      await close(worker, event, { state: 'processed' });
      worker.count('EventProcessed');
      return { kind: 'acknowledge', outcome: 'processed' };
    case 'ignored':
      await close(worker, event, { state: 'ignored', reason: ending.reason });
      return { kind: 'acknowledge', outcome: 'ignored' };
    case 'duplicate':
      await closeDuplicate(worker, event, ending.of);
      return { kind: 'acknowledge', outcome: 'duplicate' };
    case 'failed':
      await deadLetter(worker, event, ending.reason, ending.round + 1);
      return { kind: 'acknowledge', outcome: 'failed' };
  }
}

/**
 * Two events of which one has no `ended_at`, and the API names the end of the other, may be one ending, or two of which
 * the first had been overwritten by the time the API was asked. The latter loses a follow-up, so it must not go unnoticed.
 */
async function closeDuplicate(worker: Worker, event: EventItem, owner: string): Promise<void> {
  const change = { state: 'processed', duplicate_of: owner } as const;
  const twin = await loadEvent(worker.table, owner);
  const isCertain = event.ended_at !== undefined && (!twin || twin.ended_at !== undefined);
  if (isCertain || doorOf(event.type).identity === 'event') return close(worker, event, change);
  await close(worker, event, { ...change, merged_without_end: true });
  worker.count('MergedWithoutEnd');
}

/**
 * The dead-letter message first, then the record, then the acknowledgement. Were the record first, a crash would
 * leave a `failed` event without a dead-letter message, which could not be redriven. The message names the failure
 * that it may reopen, so a redrive by our command and one by the AWS console both work, and a stray copy does not.
 */
async function deadLetter(worker: Worker, event: EventItem, reason: Reason, failure: number): Promise<void> {
  await keepFailedBody(worker, event);
  const message = JSON.stringify({ v: 1, event: event.event_id, reopen: failure });
  await worker.deadLetters.send(message, reason);
  await close(worker, event, { state: 'failed', reason, failure });
  worker.count('FollowUpFailed');
}

/** Writes `change` on top of the event as it is now, and takes it out of the open index. */
async function close(
  worker: Worker,
  event: EventItem,
  change: Partial<EventItem> & { state: EventState },
): Promise<void> {
  const finished = await update(worker, event, (found) => {
    const current = known(found, EVENT_VERSION);
    // Another worker has finished it, or a replan has begun a new round: neither is ours to overwrite. A note of the
    // sweeper, or a completion being named, leaves it as it was.
    if (current?.state !== 'received' || current.round !== event.round) return undefined;
    const {
      open: _open,
      reason: _reason,
      duplicate_of: _twin,
      merged_without_end: _merged,
      ...rest
    } = current;
    const now = worker.system.now();
    return {
      ...rest,
      ...change,
      finished_at: new Date(now).toISOString(),
      ttl: ttlAfter(now, worker.settings.eventRetention),
    };
  });
  // Of two workers, one writes the end, and that one measures it.
  if (finished) await measureEnd(worker, finished);
}
