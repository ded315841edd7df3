import type { Hold, Worker } from '../completion/index.ts';
import { postpone, succeed } from '../completion/index.ts';
import type { ActionRecord, Announcement, EventItem } from '../model/index.ts';

/**
 * Tells people or systems. At least once, with a dedupe id, so nothing is recorded beforehand and the result
 * goes with the next write.
 */
export async function announce(
  worker: Worker,
  hold: Hold,
  event: EventItem,
  index: number,
): Promise<{ until: number } | undefined> {
  const { topics, system } = worker;
  const action = hold.action(index);
  const announcement = compose(worker, hold, event, action);
  // At least once is promised, but not once by each worker that has the message.
  await hold.secure();
  try {
    await (action.kind === 'notify' ? topics.notify(announcement) : topics.publish(announcement));
  } catch {
    const next = postpone(action, system.now(), { mayHaveTakenEffect: false, charged: true });
    hold.change(index, next);
    return next.failure ? undefined : { until: next.not_before as number };
  }
  hold.change(index, succeed(action, { run_ids: [], at: system.now() }));
  return undefined;
}

/** Ids, status and links only: an announcement leaves the house. */
function compose(
  { settings }: Worker,
  { draft }: Hold,
  event: EventItem,
  action: ActionRecord,
): Announcement {
  const content = JSON.parse(action.body ?? '{}') as {
    subject?: string;
    attributes?: Record<string, string>;
  };
  const ids = {
    workflow_id: event.workflow_id as string,
    status: event.status as string,
    rule: action.rule,
    stage: settings.stage,
  };
  return {
    dedupeId: action.key,
    subject: content.subject ?? 'A Cyberdesk run has ended',
    fields: {
      event_id: event.event_id,
      run_id: event.run_id as string,
      ...ids,
      depth: draft.depth,
      retries: draft.retries,
      run_url: `${settings.apiUrl}/v1/runs/${encodeURIComponent(event.run_id as string)}`,
    },
    attributes: { ...content.attributes, ...ids },
  };
}
