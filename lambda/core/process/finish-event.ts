import type { Verdict, Worker } from '../completion/index.ts';
import type { EventItem, EventState, Reason } from '../model/index.ts';
import { known, LostRaceError, save } from '../store/index.ts';

/** Writes an event's end: `change` on top of what is there, and no longer open. */
async function close(
  { table, system, settings }: Worker,
  event: EventItem,
  change: Partial<EventItem> & { state: EventState },
): Promise<void> {
  let current = event;
  for (;;) {
    const { open: _open, reason: _reason, duplicate_of: _twin, ...rest } = current;
    const next = {
      ...rest,
      ...change,
      finished_at: new Date(system.now()).toISOString(),
      ttl: Math.floor((system.now() + settings.eventRetention) / 1000),
    };
    try {
      await save<EventItem>(table, next, { tag: current.tag }, system.token());
      return;
    } catch (error) {
      if (!(error instanceof LostRaceError)) throw error;
      const found = known<EventItem>(error.found);
      // Another worker has finished it, or a replan has begun a new round: neither is ours to overwrite. Only a
      // note of the sweeper (or a completion being named) leaves it as it was.
      if (found?.state !== 'received' || found.round !== event.round) return;
      current = found;
    }
  }
}

export async function finishProcessed(worker: Worker, event: EventItem): Promise<Verdict> {
  await close(worker, event, { state: 'processed' });
  worker.count('EventProcessed');
  return { kind: 'acknowledge', outcome: 'processed' };
}

export async function finishDuplicate(worker: Worker, event: EventItem, owner: string): Promise<Verdict> {
  await close(worker, event, { state: 'processed', duplicate_of: owner });
  return { kind: 'acknowledge', outcome: 'duplicate' };
}

/**
 * The dead-letter message first, then the record, then the acknowledgement. Recorded first, a crash would leave
 * a `failed` event without a dead-letter message, and nobody would come to redrive it. The message names the
 * failure that it may reopen, so a redrive by our command and by the AWS console both work, and a stray copy of
 * it does not.
 *
 * @param round The completion's, which may be ahead of an event that expired and was delivered again.
 */
export async function finishFailed(
  worker: Worker,
  event: EventItem,
  reason: Reason,
  round: number,
): Promise<Verdict> {
  const failure = round + 1;
  const message = JSON.stringify({ v: 1, event: event.event_id, reopen: failure });
  await worker.deadLetters.send(message, reason);
  await close(worker, event, { state: 'failed', reason, failure });
  worker.count('FollowUpFailed');
  return { kind: 'acknowledge', outcome: 'failed' };
}
