import type { Worker } from '../completion/index.ts';
import { type EventItem, ON_TIME } from '../model/index.ts';

/**
 * Measures how an event has met the service level. A later round does not count: a person has reopened the event, some
 * time after it came.
 */
export async function measureEnd(worker: Worker, { state, round, received_at }: EventItem): Promise<void> {
  if (round > 0) return;
  const received = Date.parse(received_at);
  const duration = worker.system.now() - received;
  worker.time('TimeToFinish', duration);
  // A failed event is not finished for those who wait for its follow-up.
  if (state === 'failed') return;
  if (duration <= ON_TIME) worker.count('EventOnTime');
  else if (received < (await worker.gate.heldUntil())) worker.count('EventDelayed');
}
