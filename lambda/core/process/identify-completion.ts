import { parseTime } from '../../cyberdesk/time.ts';
import type { Worker } from '../completion/index.ts';
import { CALL_TIMEOUT, type EventItem, endedAtCompletion, MINUTE, ownCompletion } from '../model/index.ts';
import { tellFailure } from '../pause/index.ts';
import { save } from '../store/index.ts';

/** Between two tries to ask for an end that the event does not name. */
const ASK_AGAIN = MINUTE;

/**
 * Which completion an event is. Its `ended_at` says so; where that is absent the API is asked, once: the answer is
 * written on the event before anything is claimed, as a later answer may be about a later ending of the run.
 */
export async function identifyCompletion(
  worker: Worker,
  event: EventItem,
): Promise<{ event: EventItem; completion: string } | { until: number }> {
  if (event.ended_at !== undefined) return { event, completion: endedAtCompletion(event.ended_at) };
  if (event.completion !== undefined) return { event, completion: event.completion };

  const { cyberdesk, gate, table, system, deadline } = worker;
  const now = system.now();
  if (now + CALL_TIMEOUT > deadline) return { until: now + CALL_TIMEOUT };
  const admission = await gate.enter();
  if (!admission.open) return { until: admission.until };
  const got = await cyberdesk.getRun(event.run_id as string, {
    until: Math.min(now + CALL_TIMEOUT, deadline),
  });
  let completion = ownCompletion(event.event_id);
  if (got.ok) {
    await gate.report({ kind: 'answered' });
    const end = parseTime(got.value.ended_at);
    if (end !== undefined && got.value.status === event.status) completion = endedAtCompletion(end);
  } else if (isTransient(got.status)) {
    await tellFailure(worker, got);
    return { until: (await gate.waiting()) ?? system.now() + ASK_AGAIN };
  } else {
    // The API does not know the run: nobody can say when it ended.
    await gate.report({ kind: 'answered' });
  }
  const named = await save<EventItem>(table, { ...event, completion }, { tag: event.tag }, system.token());
  return { event: named, completion };
}

const isTransient = (status: number | undefined) =>
  status === undefined || status >= 500 || [401, 403, 408, 409, 429].includes(status);
