import { type ActionClaim, succeed } from '../completion/index.ts';
import type { Announcement } from '../model/index.ts';
import type { AnnouncementExecution } from '../plan/index.ts';
import { type ActionOutcome, postponeInMemory, SETTLED } from './conclude.ts';

/**
 * Carries out an announcement to people or systems. At least once, with a dedupe id, so nothing is recorded
 * beforehand and the result goes with the next write.
 */
export async function announce(
  action: ActionClaim,
  { announce }: AnnouncementExecution,
): Promise<ActionOutcome> {
  const { claim, worker } = action;
  const announcement = compose(action);
  // At least once is the promise, but not once by every worker that has the message.
  await claim.acquire();
  try {
    await announce(worker.topics, announcement);
  } catch {
    return postponeInMemory(action, action.record, false);
  }
  action.stage(succeed(action.record, { run_ids: [], at: worker.system.now() }));
  return SETTLED;
}

/** Ids, status and links only: an announcement leaves the account. */
function compose({ claim, event, record, worker }: ActionClaim): Announcement {
  const content: { subject?: string; attributes?: Record<string, string> } = JSON.parse(record.body ?? '{}');
  const { settings } = worker;
  const ids = {
    workflow_id: event.workflow_id,
    status: event.status,
    rule: record.rule,
    stage: settings.stage,
  };
  return {
    dedupeId: record.key,
    subject: content.subject ?? 'A Cyberdesk run has ended',
    fields: {
      event_id: event.event_id,
      run_id: event.run_id,
      ...ids,
      depth: claim.completion.depth,
      retries: claim.completion.retries,
      run_url: `${settings.apiUrl}/v1/runs/${encodeURIComponent(event.run_id)}`,
    },
    attributes: { ...content.attributes, ...ids },
  };
}
