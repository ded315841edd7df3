import { type ActionClaim, succeed } from '../completion/index.ts';
import { type Announcement, type AnnouncementOutcome, announcedOf, CALL_TIMEOUT } from '../model/index.ts';
import type { AnnouncementExecution } from '../plan/index.ts';
import { type ActionOutcome, failAction, OUT_OF_TIME, postponeInMemory, SETTLED } from './conclude.ts';

/**
 * Carries out an announcement to people or systems. At least once, with a dedupe id, so nothing is recorded
 * before it is sent, and the result is part of the next write.
 */
export async function announce(
  action: ActionClaim,
  { announce }: AnnouncementExecution,
): Promise<ActionOutcome> {
  const { claim, worker } = action;
  const announcement = compose(action);
  // At least once is the promise, but not once by every worker that has the message.
  await claim.acquire();
  if (!claim.outlives(CALL_TIMEOUT)) return OUT_OF_TIME;
  return conclude(action, await announce(worker.topics, announcement, claim.limit(CALL_TIMEOUT)));
}

function conclude(action: ActionClaim, outcome: AnnouncementOutcome): ActionOutcome {
  const { kind, ...answer } = outcome;
  switch (kind) {
    case 'announced':
      action.stage(succeed(action.record, { run_ids: [], at: action.worker.system.now() }));
      return SETTLED;
    case 'refused':
      return failAction(action, 'refused', answer);
    case 'failed': {
      const failure = { kind: 'not_announced' as const, ...answer };
      return postponeInMemory(action, action.record, { mayHaveTakenEffect: false, failure });
    }
  }
}

/** Ids, status and links only: an announcement leaves the account. */
function compose({ claim, event, record, worker }: ActionClaim): Announcement {
  const content: { subject?: string; attributes?: Record<string, string> } = JSON.parse(record.body ?? '{}');
  const { settings } = worker;
  const announced = announcedOf(event, settings.apiUrl);
  const ours = { rule: record.rule, stage: settings.stage };
  return {
    dedupeId: record.key,
    subject: content.subject ?? announced.subject,
    fields: {
      event_id: event.event_id,
      ...announced.ids,
      ...ours,
      depth: claim.completion.depth,
      retries: claim.completion.retries,
      ...announced.links,
    },
    attributes: { ...content.attributes, ...announced.attributes, ...ours },
  };
}
